package com.example;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The observer's file. The job opens the file for appending and writes each line in one call, so
 * that lines of several processes, even of two instances that should never meet, do not mix.
 */
final class ObserverFile implements AutoCloseable {

    private final FileChannel channel;

    ObserverFile(String path) throws IOException {
        try {
            channel = FileChannel.open(Path.of(path), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException cause) {
            throw new IOException("cannot append to the observer's file " + path + "; does its folder exist?", cause);
        }
    }

    void append(String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
        channel.write(bytes);
        if (bytes.hasRemaining()) {
            throw new IOException("the disk took only a part of a line; is it full?");
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
