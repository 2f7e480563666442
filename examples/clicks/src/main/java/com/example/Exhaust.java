package com.example;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** Takes memory until none is left, to show what becomes of a job then. */
final class Exhaust {

    private static final int CHUNK = 8 * 1024 * 1024;

    private Exhaust() {}

    /** The memory to exhaust. */
    enum What {
        HEAP,
        METASPACE;

        static What of(String name, String value) {
            return values()[Options.oneOf(name, value, "heap", "metaspace")];
        }

        void exhaust() throws IOException {
            if (this == HEAP) {
                heap();
            } else {
                metaspace();
            }
        }
    }

    private static void heap() {
        List<byte[]> taken = new ArrayList<>();
        while (true) {
            taken.add(new byte[CHUNK]);
        }
    }

    /** Loads the same class repeatedly, each time with another loader. */
    private static void metaspace() throws IOException {
        byte[] code;
        try (InputStream stream = Exhaust.class.getResourceAsStream("Line.class")) {
            code = stream.readAllBytes();
        }
        List<Class<?>> taken = new ArrayList<>();
        while (true) {
            taken.add(new Loader().define(code));
        }
    }

    private static final class Loader extends ClassLoader {

        Class<?> define(byte[] code) {
            return defineClass(null, code, 0, code.length);
        }
    }
}
