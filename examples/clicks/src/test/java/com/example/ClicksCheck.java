package com.example;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Runs the job in this process on a real Flink runtime: stop with savepoint and restore (also across
 * Flink versions, when run twice with one folder), a failure with restore from a checkpoint, an end,
 * and arguments that are refused.
 */
public final class ClicksCheck {

    private static final Pattern SEQ = Pattern.compile("\"seq\":(\\d+)");

    private final Path folder;

    /** The observer's file of the current story. */
    private Path file;

    private ClicksCheck(Path folder) {
        this.folder = folder;
    }

    public static void main(String[] args) throws Exception {
        Path folder = Files.createDirectories(Path.of(args[0]).toAbsolutePath());
        ClicksCheck check = new ClicksCheck(folder);
        check.arguments();
        check.upgrades();
        check.failover();
        check.faults();
        check.end();
        System.out.println("clicks: all checks passed");
        System.exit(0);
    }

    private void arguments() {
        refused("unknown argument \"--speed\"", "--speed", "3");
        refused("--rate has no value", "--rate");
        refused("unexpected argument \"clicks\"", "clicks");
        refused("--rate must be a number of records per second", "--rate", "fast");
        refused("--rate is given twice", "--rate", "1", "--rate", "2");
        refused("has no NOWHERE", "--observer", "env:NOWHERE");
        refused("must be true or false", "--fail-on-start", "yes");
        refused("must be a whole number", "--fail-at-seq", "-1");
    }

    private void refused(String expected, String... args) {
        try {
            Options.parse(args, Map.of());
        } catch (IllegalArgumentException refusal) {
            require(refusal.getMessage().contains(expected), "got instead: " + refusal.getMessage());
            return;
        }
        throw new IllegalStateException("accepted what it should refuse: " + String.join(" ", args));
    }

    /** Runs three instances, each from the savepoint of the previous one (the first from an earlier run's, if any). */
    private void upgrades() throws Exception {
        file = folder.resolve("upgrades.jsonl");
        Path last = folder.resolve("last-savepoint");
        for (int parallelism : new int[] {1, 2, 1}) {
            String restore = Files.exists(last) ? Files.readString(last) : null;
            int before = seqs().size();
            JobClient job = start(restore, "parallel-" + parallelism, parallelism, "--rate", "200");
            waitForLines(before + 150, job);
            String savepoint =
                    job.stopWithSavepoint(false, folder.toString(), SavepointFormatType.CANONICAL)
                            .get(60, TimeUnit.SECONDS);
            await(job, JobStatus.FINISHED);
            Files.writeString(last, savepoint);
            List<Long> seqs = seqs();
            seqs.sort(Comparator.naturalOrder());
            for (int at = 0; at < seqs.size(); at++) {
                require(seqs.get(at) == at, "expected " + at + " in the file, got " + seqs.get(at));
            }
            System.out.println("clicks: 0.." + (seqs.size() - 1) + " without gap or repetition, restored from " + restore);
        }
        require(!text().contains("stateError"), "the state is wrong: " + text());
        require(text().contains("\"restoredFrom\":\"file:"), "restoredFrom is missing");
    }

    /** Lets record 100 fail each time. The attempts repeat the records after the newest checkpoint, and lose nothing. */
    private void failover() throws Exception {
        file = folder.resolve("failover.jsonl");
        Files.deleteIfExists(file);
        JobClient job = start(null, "failover", 2, "--rate", "100", "--fail-at-seq", "100");
        await(job, JobStatus.FAILED);
        List<Long> seqs = seqs();
        for (long seq = 0; seq < 90; seq++) {
            require(seqs.contains(seq), "lost " + seq);
        }
        require(text().contains("\"attempt\":1,\"seq\":"), "no second attempt was seen");
        require(!text().contains("\"attempt\":1,\"seq\":0,"), "the second attempt began again at 0");
        require(!text().contains("stateError"), "the state is wrong after a failure");
        System.out.println("clicks: failed over from a checkpoint, " + seqs.size() + " lines for 100 records");
    }

    /**
     * Checks that a failed stop with savepoint costs only a restart inside the application (Flink restarts the job to leave
     * no task waiting). A complete savepoint counts although closing is slow.
     */
    private void faults() throws Exception {
        file = folder.resolve("faults.jsonl");
        Files.deleteIfExists(file);
        Path faults = folder.resolve("faults-are-on");
        JobClient job = start(null, "failing", 1, "--rate", "100", "--snapshot-fails-after-ms", "0",
                "--faults-while", faults.toString());
        waitForLines(150, job);
        Files.createFile(faults);
        try {
            job.stopWithSavepoint(false, folder.toString(), SavepointFormatType.CANONICAL).get(60, TimeUnit.SECONDS);
            throw new IllegalStateException("the savepoint succeeded in spite of --snapshot-fails-after-ms");
        } catch (ExecutionException expected) {
            Files.delete(faults);
        }
        waitForLines(seqs().size() + 50, job);
        require(!text().contains("\"attempt\":1,\"seq\":0,"), "the job began again at 0 after the failed savepoint");
        System.out.println("clicks: the savepoint failed as asked, and the job goes on");
        job.cancel().get();
        job = start(null, "closing", 1, "--rate", "100", "--slow-close-ms", "2000", "--snapshot-delay-ms", "100");
        waitForLines(seqs().size() + 50, job);
        long begin = System.nanoTime();
        job.stopWithSavepoint(false, folder.toString(), SavepointFormatType.CANONICAL).get(60, TimeUnit.SECONDS);
        long tookMs = (System.nanoTime() - begin) / 1_000_000;
        require(tookMs >= 2000, "stopping took only " + tookMs + " ms in spite of --slow-close-ms");
        System.out.println("clicks: stopping took " + tookMs + " ms, as asked");
    }

    private void end() throws Exception {
        file = folder.resolve("end.jsonl");
        Files.deleteIfExists(file);
        await(start(null, "bounded", 1, "--rate", "0", "--exit-after", "1000"), JobStatus.FINISHED);
        require(seqs().size() == 1000, "expected 1000 records, got " + seqs().size());
        System.out.println("clicks: finished after 1000 records");
    }

    private JobClient start(String restore, String instance, int parallelism, String... more) throws Exception {
        Configuration configuration = new Configuration();
        configuration.setString("execution.checkpointing.interval", "200 ms");
        configuration.setString("execution.checkpointing.dir", folder.resolve("checkpoints").toUri().toString());
        configuration.setString("restart-strategy.type", "fixed-delay");
        configuration.setString("restart-strategy.fixed-delay.attempts", "2");
        configuration.setString("restart-strategy.fixed-delay.delay", "100 ms");
        configuration.setString("parallelism.default", String.valueOf(parallelism));
        configuration.setString("pipeline.generic-types", "false");
        if (restore != null) {
            configuration.setString("execution.savepoint.path", restore);
        }
        List<String> args = new ArrayList<>(List.of("--observer", "env:OBSERVER"));
        args.addAll(List.of(more));
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(parallelism, configuration);
        Map<String, String> environment = Map.of("_APP_ID", instance, "SLUICE_JOB", "clicks-check",
                "SLUICE_DEPLOYMENT", "7", "OBSERVER", file.toString());
        Options options = Options.parse(args.toArray(new String[0]), environment);
        Clicks.assemble(env, options, Identity.of(environment, env.getConfiguration()));
        return env.executeAsync("clicks-check");
    }

    private void waitForLines(int wanted, JobClient job) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (seqs().size() < wanted) {
            require(System.nanoTime() < deadline, "only " + seqs().size() + " lines of " + wanted);
            JobStatus status = job.getJobStatus().get();
            require(!status.isTerminalState(), "the job is " + status);
            Thread.sleep(50);
        }
    }

    private static void await(JobClient job, JobStatus wanted) throws Exception {
        JobStatus ended = JobStatus.FINISHED;
        try {
            job.getJobExecutionResult().get(60, TimeUnit.SECONDS);
        } catch (ExecutionException failure) {
            ended = JobStatus.FAILED;
        }
        require(ended == wanted, "the job is " + ended + ", expected " + wanted);
    }

    private String text() throws Exception {
        return Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
    }

    private List<Long> seqs() throws Exception {
        List<Long> seqs = new ArrayList<>();
        Matcher matcher = SEQ.matcher(text());
        while (matcher.find()) {
            seqs.add(Long.parseLong(matcher.group(1)));
        }
        return seqs;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }
}
