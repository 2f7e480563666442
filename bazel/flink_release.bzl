"""The rule `flink_release`: JARs and deployment files that are checked by `bazel build` and published by `bazel run`.

The rule leaves deployment files and S3 to the command `sluice publish`.
"""

_DEPLOYMENT_FILES = [".yaml", ".yml"]

def _quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"

def _jars(ctx):
    jars = []
    for target in ctx.attr.jars:
        program = target[DefaultInfo].files_to_run.executable
        if program and program.extension != "jar":
            fail("%s is a program, and its JAR lacks its dependencies: give %s_deploy.jar" % (target.label, target.label))
        jars += [file for file in target[DefaultInfo].files.to_list() if file.extension == "jar"]
    return jars

def _resolve_version(ctx):
    # An action fills in the version, because Bazel's workspace status is known only when actions run.
    version = ctx.actions.declare_file(ctx.label.name + ".version")
    if "{" not in ctx.attr.version:
        ctx.actions.write(version, ctx.attr.version)
        return version
    ctx.actions.run(
        executable = ctx.file._resolve_version,
        arguments = [ctx.attr.version, ctx.info_file.path, ctx.version_file.path, version.path],
        inputs = [ctx.info_file, ctx.version_file],
        outputs = [version],
        mnemonic = "SluiceVersion",
        progress_message = "Resolving the version of %s" % ctx.label,
    )
    return version

def _check(ctx, files, version):
    manifest = ctx.actions.declare_file(ctx.label.name + ".json")
    arguments = ctx.actions.args()
    arguments.add(manifest)
    arguments.add(version or "")
    arguments.add(ctx.file._command)
    arguments.add("--project", ctx.attr.project)
    arguments.add_all(files)
    ctx.actions.run(
        executable = ctx.file._check,
        arguments = [arguments],
        inputs = files + ([version] if version else []) + [ctx.file._command_version],
        tools = [ctx.file._command],
        outputs = [manifest],
        mnemonic = "SluiceCheck",
        progress_message = "Checking the release %s" % ctx.label,
        # The action runs locally, because the command and Node.js are those of this machine.
        execution_requirements = {"no-remote-exec": "1"},
    )
    return manifest

def _flink_release_impl(ctx):
    files = _jars(ctx) + ctx.files.deployments + ctx.files.files
    version = _resolve_version(ctx) if ctx.attr.version else None
    manifest = _check(ctx, files, version)
    publish = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.expand_template(
        template = ctx.file._template,
        output = publish,
        is_executable = True,
        substitutions = {
            "%{command}": ctx.file._command.short_path,
            "%{files}": " ".join([_quoted(file.short_path) for file in files]),
            "%{project}": _quoted(ctx.attr.project),
            "%{version_file}": _quoted(version.short_path if version else ""),
            "%{workspace}": ctx.workspace_name,
        },
    )

    # The runfiles contain the manifest, so that Bazel checks a release before it publishes it.
    needed = files + [manifest, ctx.file._command] + ([version] if version else [])
    return [DefaultInfo(
        executable = publish,
        files = depset([manifest]),
        runfiles = ctx.runfiles(files = needed),
    )]

flink_release = rule(
    doc = """A release of Flink jobs.

`bazel build` checks the release: the JARs exist, each deployment file is valid and names a JAR of the release and a class
in it, and no two files are for one job. The output lists the checked files with the sha256 of each. `bazel run` publishes
the release, and passes arguments after `--` to `sluice publish`.

```python
flink_release(
    name = "clicks_release",
    project = "clicks",
    jars = [":clicks_deploy.jar"],
    deployments = glob(["deployment/*.yaml"]),
)
```
""",
    implementation = _flink_release_impl,
    executable = True,
    attrs = {
        "deployments": attr.label_list(
            doc = "Deployment files, and the base files that they extend.",
            allow_files = _DEPLOYMENT_FILES,
            mandatory = True,
            allow_empty = False,
        ),
        "files": attr.label_list(
            doc = "Files that deployment files name in `job.files`.",
            allow_files = True,
        ),
        "jars": attr.label_list(
            doc = "Targets that yield JARs: a `java_binary`'s `_deploy.jar`, a genrule, an import, a file.",
            allow_files = [".jar"],
            mandatory = True,
            allow_empty = False,
        ),
        "project": attr.string(
            doc = "Project of the release, such as `clicks`: releases are named `<project>/<version>`.",
            mandatory = True,
        ),
        "version": attr.string(
            doc = "Version of the release. The default is the checkout's commit, with a mark when the checkout has " +
                  "changes. May contain keys of Bazel's workspace status in braces, such as `{STABLE_GIT_COMMIT}`.",
        ),
        "_check": attr.label(
            default = Label("//bazel:check.sh"),
            allow_single_file = True,
        ),
        "_command": attr.label(
            default = Label("@sluice_command//:sluice.sh"),
            allow_single_file = True,
        ),
        "_command_version": attr.label(
            default = Label("@sluice_command//:version"),
            allow_single_file = True,
        ),
        "_resolve_version": attr.label(
            default = Label("//bazel:resolve-version.sh"),
            allow_single_file = True,
        ),
        "_template": attr.label(
            default = Label("//bazel:publish.sh.tpl"),
            allow_single_file = True,
        ),
    },
)
