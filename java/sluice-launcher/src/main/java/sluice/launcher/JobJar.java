package sluice.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

/** Fetches the job's JAR with the container's own access to the bucket, and accepts only the JAR that was released. */
final class JobJar {
  private JobJar() {}

  /** @throws IOException when the JAR cannot be fetched, or differs from the release */
  static Path fetch(LaunchOrder.Jar jar, Configuration configuration) throws IOException {
    URI uri = URI.create(jar.uri());
    // The JAR gets a separate folder, because its name may equal that of a file in the working directory.
    Path target = Files.createTempDirectory(Path.of("").toAbsolutePath(), "job-").resolve(jar.name());
    MessageDigest digest = sha256();
    long size;
    try (FileSystem fileSystem = FileSystem.newInstance(uri, configuration);
        InputStream from = fileSystem.open(new org.apache.hadoop.fs.Path(uri));
        OutputStream to = new DigestOutputStream(Files.newOutputStream(target), digest)) {
      size = from.transferTo(to);
    }
    String actual = HexFormat.of().formatHex(digest.digest());
    if (size == jar.size() && actual.equals(jar.sha256())) return target;
    throw new IOException(
        String.format(
            "JarMismatch: %s has %d bytes and sha256 %s; the release recorded %d bytes and %s",
            jar.uri(), size, actual, jar.size(), jar.sha256()));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible); // every Java has it
    }
  }
}
