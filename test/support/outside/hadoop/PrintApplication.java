import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.hadoop.thirdparty.protobuf.ByteString;
import org.apache.hadoop.thirdparty.protobuf.Message;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerRecoveryProtos.ApplicationStateDataProto;

/** Prints an application as the ResourceManager keeps it, whatever fields it has, as JSON: {@code java PrintApplication.java FILE}. */
public final class PrintApplication {

    private PrintApplication() {}

    public static void main(String[] args) throws Exception {
        System.out.println(json(ApplicationStateDataProto.parseFrom(Files.readAllBytes(Path.of(args[0])))));
    }

    private static String json(Object value) {
        if (value instanceof Message) {
            return ((Message) value)
                    .getAllFields().entrySet().stream()
                            .map(field -> quote(field.getKey().getName()) + ":" + json(field.getValue()))
                            .collect(Collectors.joining(",", "{", "}"));
        }
        if (value instanceof List) {
            return ((List<?>) value).stream().map(PrintApplication::json).collect(Collectors.joining(",", "[", "]"));
        }
        if (value instanceof Number || value instanceof Boolean) {
            return String.valueOf(value);
        }
        // Only tokens are bytes: that there are some matters, not which.
        return quote(value instanceof ByteString ? ((ByteString) value).size() + " bytes" : String.valueOf(value));
    }

    private static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char character : text.toCharArray()) {
            if (character == '"' || character == '\\') {
                quoted.append('\\').append(character);
            } else if (character < ' ') {
                quoted.append(String.format("\\u%04x", (int) character));
            } else {
                quoted.append(character);
            }
        }
        return quoted.append('"').toString();
    }
}
