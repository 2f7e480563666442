package com.example;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** The source's position: the number of the next click. */
final class ClickSplit implements SourceSplit {

    /** The enumerator's state once the reader has the split. */
    static final ClickSplit ASSIGNED = new ClickSplit(-1);

    final long next;

    ClickSplit(long next) {
        this.next = next;
    }

    boolean isAssigned() {
        return next < 0;
    }

    @Override
    public String splitId() {
        return "clicks";
    }

    /** Serializes to eight bytes, the same for Flink 1.20 and 2.x. */
    static final class Serializer implements SimpleVersionedSerializer<ClickSplit> {

        private static final int VERSION = 1;

        @Override
        public int getVersion() {
            return VERSION;
        }

        @Override
        public byte[] serialize(ClickSplit split) {
            return ByteBuffer.allocate(Long.BYTES).putLong(split.next).array();
        }

        @Override
        public ClickSplit deserialize(int version, byte[] bytes) throws IOException {
            if (version != VERSION || bytes.length != Long.BYTES) {
                throw new IOException(
                        "cannot read a split of version " + version + " with " + bytes.length
                                + " bytes; this release reads version " + VERSION + " with " + Long.BYTES);
            }
            return new ClickSplit(ByteBuffer.wrap(bytes).getLong());
        }
    }
}
