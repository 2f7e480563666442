"""Finds the command `sluice` on this machine, for the rule `flink_release`."""

_LAUNCHER = """\
#!/bin/sh
# sluice_repositories() wrote this launcher of the command that checks and publishes.
exec {command} "$@"
"""

_BUILD = """\
package(default_visibility = ["//visibility:public"])

exports_files(["sluice.sh", "version"])
"""

def _quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"

def _reason(result):
    lines = [line for line in result.stderr.split("\n") if "Error" in line]
    return (lines or [result.stderr.strip()])[0]

def _find_command(ctx):
    # The command beside this rule fits best. A rule without its npm packages uses the installed command.
    node = ctx.which("node")
    folder = ctx.attr.path or str(ctx.path(Label("//bazel:flink_release.bzl")).realpath.dirname.dirname)
    program = ctx.path(folder + "/bin/sluice.mjs")
    tried = []
    if node and program.exists:
        command = [str(node), str(program)]
        result = ctx.execute(command + ["--version"], timeout = 120)
        if result.return_code == 0:
            return command, result.stdout.strip()
        tried.append("%s does not run (has `npm ci` been run there?): %s" % (program, _reason(result)))
    elif node:
        tried.append("%s does not exist" % program)
    else:
        tried.append("there is no `node` on PATH (20.19 or newer)")
    installed = ctx.which("sluice")
    if installed and not ctx.attr.path:
        result = ctx.execute([str(installed), "--version"], timeout = 120)
        if result.return_code == 0:
            return [str(installed)], result.stdout.strip()
        tried.append("%s does not run: %s" % (installed, _reason(result)))
    elif not ctx.attr.path:
        tried.append("there is no `sluice` on PATH")
    fail("The command `sluice` was not found:\n  - %s\nSee docs/bazel.md of Sluice." % "\n  - ".join(tried))

def _sluice_command_impl(repository_ctx):
    command, version = _find_command(repository_ctx)
    text = _LAUNCHER.format(command = " ".join([_quoted(word) for word in command]))
    repository_ctx.file("sluice.sh", text, executable = True)
    repository_ctx.file("version", version + "\n", executable = False)
    repository_ctx.file("BUILD.bazel", _BUILD, executable = False)

_sluice_command = repository_rule(
    doc = "A launcher of the command `sluice`, and its version, so that another version checks again.",
    implementation = _sluice_command_impl,
    attrs = {
        "path": attr.string(doc = "Absolute path of a folder with Sluice and its npm packages."),
    },
    environ = ["PATH"],
    # The installed command may change without Bazel, so the rule looks again whenever a Bazel server starts.
    local = True,
)

def sluice_repositories(path = ""):
    """Makes `@sluice_command`, which `flink_release` runs. Needs Node.js 20.19 or newer on PATH.

    Args:
      path: absolute path of a folder with Sluice and its npm packages. The default is the folder of `@sluice` if it has
        the packages, otherwise the `sluice` on PATH.
    """
    _sluice_command(name = "sluice_command", path = path)
