import java.io.File;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.apache.flink.annotation.docs.Documentation;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.description.HtmlFormatter;
import org.apache.flink.util.TimeUtils;

/**
 * Lists the options of the Flink on its class path as JSON lines, by key. Reads the fields that Flink's own documentation is
 * made of: static fields of type ConfigOption in the classes named *Options.
 */
public final class ListFlinkOptions {
    /** Packages whose options a job or a cluster can set in its configuration, by path. */
    private static final List<String> PACKAGES =
            Arrays.asList("configuration", "runtime", "state", "contrib/streaming/state", "streaming", "yarn", "table/api/config");

    public static void main(String[] jars) throws Exception {
        Map<String, String> lines = new TreeMap<>();
        for (String jar : jars) {
            try (JarFile file = new JarFile(new File(jar))) {
                file.stream()
                        .map(entry -> entry.getName())
                        .filter(ListFlinkOptions::isOptions)
                        .forEach(name -> addAll(name.replace('/', '.').replaceAll("\\.class$", ""), lines));
            }
        }
        lines.values().forEach(System.out::println);
    }

    private static boolean isOptions(String name) {
        return name.matches("org/apache/flink/.*Options\\.class")
                && PACKAGES.stream().anyMatch(path -> name.startsWith("org/apache/flink/" + path + "/"));
    }

    private static void addAll(String className, Map<String, String> lines) {
        try {
            for (Field field : Class.forName(className).getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) || !ConfigOption.class.equals(field.getType())) continue;
                if (field.isAnnotationPresent(Documentation.ExcludeFromDocumentation.class)) continue;
                // Its key begins with the name of a reporter or another part, which nobody can complete.
                if (field.isAnnotationPresent(Documentation.SuffixOption.class)) continue;
                field.setAccessible(true);
                ConfigOption<?> option = (ConfigOption<?>) field.get(null);
                if (!option.key().startsWith("$")) lines.putIfAbsent(option.key(), lineOf(field, option));
            }
        } catch (ReflectiveOperationException | LinkageError error) {
            System.err.println("left out: " + className + ": " + error);
        }
    }

    private static String lineOf(Field field, ConfigOption<?> option) throws ReflectiveOperationException {
        Class<?> type = (Class<?>) hidden(option, "getClazz");
        boolean isList = (Boolean) hidden(option, "isList");
        StringBuilder line = new StringBuilder("{\"key\":").append(quoted(option.key()));
        String name = type.isEnum() ? "Enum" : type.getSimpleName();
        line.append(",\"type\":").append(quoted(isList ? "List<" + name + ">" : name));
        if (type.isEnum()) {
            line.append(",\"values\":[")
                    .append(Arrays.stream(type.getEnumConstants()).map(one -> quoted(one.toString())).collect(Collectors.joining(",")))
                    .append("]");
        }
        Documentation.OverrideDefault told = field.getAnnotation(Documentation.OverrideDefault.class);
        String value = told != null ? told.value() : textOf(option.defaultValue());
        line.append(",\"default\":").append(value == null ? "null" : quoted(value));
        line.append(",\"description\":").append(quoted(plain(new HtmlFormatter().format(option.description()))));
        if (field.isAnnotationPresent(Deprecated.class)) line.append(",\"deprecated\":true");
        return line.append("}").toString();
    }

    private static Object hidden(ConfigOption<?> option, String name) throws ReflectiveOperationException {
        Method method = ConfigOption.class.getDeclaredMethod(name);
        method.setAccessible(true);
        return method.invoke(option);
    }

    /** The value as a configuration file has it; null for none. */
    private static String textOf(Object value) {
        if (value == null) return null;
        if (value instanceof Duration) return TimeUtils.formatWithHighestUnit((Duration) value);
        if (value instanceof List) {
            List<String> items = new ArrayList<>();
            for (Object item : (List<?>) value) items.add(textOf(item));
            return String.join(";", items);
        }
        if (value instanceof Map) {
            return ((Map<?, ?>) value).entrySet().stream().map(one -> one.getKey() + ":" + one.getValue()).collect(Collectors.joining(","));
        }
        return value.toString();
    }

    private static String plain(String html) {
        return html.replaceAll("(?i)<br\\s*/?>|</?ul>|</?p>", " ")
                .replaceAll("(?i)<li>", " - ")
                .replaceAll("<[^>]*>", "")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&amp;", "&")
                // Some descriptions hold markup as text.
                .replaceAll("(?i)</?(code|ul|li|p|br|span|a|b|i)( [^>]*)?/?>", " ")
                .replaceAll("\\s+", " ")
                .trim();
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char letter : text.toCharArray()) {
            if (letter == '"' || letter == '\\') quoted.append('\\').append(letter);
            else if (letter < ' ') quoted.append(String.format("\\u%04x", (int) letter));
            else quoted.append(letter);
        }
        return quoted.append('"').toString();
    }
}
