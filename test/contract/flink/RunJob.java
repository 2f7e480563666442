import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Runs one job without an end in a cluster of one process, and prints the address of its REST API. */
public final class RunJob {
    /** Arguments: job id, folder of checkpoints, retention, path to restore from or "-", scheduler, parallelism, slots. */
    public static void main(String[] args) throws Exception {
        Configuration configuration = new Configuration();
        configuration.setString("rest.port", "0");
        configuration.setString("rest.bind-port", "0");
        configuration.setString("rest.address", "127.0.0.1");
        configuration.setString("web.refresh-interval", "50");
        configuration.setString("execution.checkpointing.dir", Path.of(args[1]).toUri().toString());
        configuration.setString("execution.checkpointing.interval", "300ms");
        configuration.setString("execution.checkpointing.num-retained", "3");
        configuration.setString("execution.checkpointing.externalized-checkpoint-retention", args[2]);
        configuration.setString("restart-strategy.type", "none");
        configuration.setString("jobmanager.scheduler", args[4]);
        configuration.setString("jobmanager.adaptive-scheduler.scaling-interval.min", "100ms");
        MiniCluster cluster =
                new MiniCluster(
                        new MiniClusterConfiguration.Builder()
                                .setConfiguration(configuration)
                                .setNumTaskManagers(1)
                                .setNumSlotsPerTaskManager(Integer.parseInt(args[6]))
                                .build());
        cluster.start();
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        environment.setParallelism(Integer.parseInt(args[5]));
        environment.fromSequence(0, Long.MAX_VALUE).map(RunJob::slowly).sinkTo(new org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink<>());
        JobGraph job = environment.getStreamGraph().getJobGraph();
        job.setJobID(JobID.fromHexString(args[0]));
        if (!args[3].equals("-")) job.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(args[3], false));
        cluster.submitJob(job).get();
        System.out.println("REST " + cluster.getRestAddress().get().getAuthority());
        Thread.sleep(Duration.ofMinutes(10).toMillis());
    }

    private static Long slowly(Long number) throws InterruptedException {
        Thread.sleep(20);
        return number;
    }
}
