"""Provides Flink's classes for compiling, from the distribution in FLINK_HOME. The cluster runs the same distribution."""

def _flink_distribution_impl(repository_ctx):
    home = repository_ctx.os.environ.get("FLINK_HOME")
    if not home:
        fail("FLINK_HOME must be the folder of a Flink distribution, such as /opt/flink-1.20.1")
    repository_ctx.symlink(home + "/lib", "lib")
    repository_ctx.file("BUILD.bazel", """\
filegroup(
    name = "classes",
    srcs = glob(["lib/flink-dist-*.jar"]),
    visibility = ["//visibility:public"],
)
""")

flink_distribution = repository_rule(
    doc = "The JAR with Flink's classes as `:classes`.",
    implementation = _flink_distribution_impl,
    environ = ["FLINK_HOME"],
)
