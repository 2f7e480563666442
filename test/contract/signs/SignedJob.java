import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/** Runs one job in a cluster of one process that gives signs of life, and does what files of a folder ask for. */
public final class SignedJob {
    private static volatile Path folder;

    /** Arguments: a folder, and options of Flink with their values. */
    public static void main(String[] args) throws Exception {
        folder = Path.of(args[0]);
        Configuration configuration = new Configuration();
        for (int at = 1; at < args.length; at += 2) configuration.setString(args[at], args[at + 1]);
        MiniCluster cluster =
                new MiniCluster(
                        new MiniClusterConfiguration.Builder()
                                .setConfiguration(configuration)
                                .setNumTaskManagers(1)
                                .setNumSlotsPerTaskManager(1)
                                .build());
        cluster.start();
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        environment.setParallelism(1);
        environment.fromSequence(0, Long.MAX_VALUE).map(SignedJob::slowly).sinkTo(new DiscardingSink<>());
        JobGraph job = environment.getStreamGraph().getJobGraph();
        cluster.submitJob(job).get();
        while (!Files.exists(folder.resolve("cancel"))) Thread.sleep(20);
        cluster.cancelJob(job.getJobID()).get();
        Thread.sleep(Duration.ofMinutes(10).toMillis());
    }

    private static Long slowly(Long number) throws Exception {
        Thread.sleep(20);
        if (Files.deleteIfExists(folder.resolve("fail"))) throw new IllegalStateException("as a file asks for");
        return number;
    }
}
