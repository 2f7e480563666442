// Checks that the machine has every program that Sluice needs. The file is plain JavaScript without dependencies, in
// syntax that old versions of Node understand, because it must tell the owner of an old Node what is missing.
import { spawnSync } from 'node:child_process';

/** The table of prerequisites. `pattern` finds the version in the output of `command`. */
export const PREREQUISITES = [
  {
    name: 'Node.js',
    wanted: '20.19 or newer',
    command: [process.execPath, '--version'],
    pattern: /v(\d+)\.(\d+)/,
    atLeast: [20, 19],
    howToGet: 'your package manager, or the installer of the Node.js project (any LTS release since 20.19)',
  },
  {
    name: 'JDK',
    wanted: '17, with the compiler',
    command: ['javac', '-version'],
    pattern: /javac (\d+)(?:\.(\d+))?/,
    atLeast: [17, 0],
    below: 18,
    howToGet:
      'Debian, Ubuntu: apt-get install openjdk-17-jdk-headless · macOS: brew install openjdk@17, and set JAVA_HOME',
  },
  {
    name: 'Maven',
    wanted: '3.6 or newer',
    command: ['mvn', '--version'],
    pattern: /Apache Maven (\d+)\.(\d+)/,
    atLeast: [3, 6],
    howToGet: 'Debian, Ubuntu: apt-get install maven · macOS: brew install maven',
  },
  {
    name: 'Python',
    wanted: '3.9 or newer',
    command: ['python3', '--version'],
    pattern: /Python (\d+)\.(\d+)/,
    atLeast: [3, 9],
    howToGet: 'Debian, Ubuntu: apt-get install python3 · macOS: brew install python',
  },
  {
    name: 'pip',
    wanted: '21 or newer, as a module of python3',
    command: ['python3', '-m', 'pip', '--version'],
    pattern: /pip (\d+)\.(\d+)/,
    atLeast: [21, 0],
    howToGet: 'Debian, Ubuntu: apt-get install python3-pip · elsewhere: python3 -m ensurepip --user',
  },
  {
    name: 'Go',
    wanted: '1.24 or newer',
    command: ['go', 'version'],
    pattern: /go(\d+)\.(\d+)/,
    atLeast: [1, 24],
    howToGet:
      "the Go project's archive, unpacked and its bin folder on PATH (distributions are often too old) · macOS: brew install go",
  },
];

/**
 * Checks every prerequisite and returns all that are missing or have an unsuitable version, so that people read one
 * complete list. `run` takes a command with its arguments and returns its output, or undefined when the command cannot
 * be run.
 */
export function findProblems(run, prerequisites = PREREQUISITES) {
  const problems = [];
  for (const prerequisite of prerequisites) {
    const printed = run(prerequisite.command);
    const match = printed === undefined ? null : prerequisite.pattern.exec(printed);
    if (match === null) {
      problems.push({ ...prerequisite, found: undefined });
      continue;
    }
    const major = Number(match[1]);
    const minor = Number(match[2] || 0);
    const [wantedMajor, wantedMinor] = prerequisite.atLeast;
    const tooOld = major < wantedMajor || (major === wantedMajor && minor < wantedMinor);
    const tooNew = prerequisite.below !== undefined && major >= prerequisite.below;
    if (tooOld || tooNew) problems.push({ ...prerequisite, found: `${major}.${minor}` });
  }
  return problems;
}

/** Writes the problems as text for a terminal. */
export function describeProblems(problems) {
  const lines = problems.map(
    (problem) =>
      `  ${problem.name} ${problem.wanted}: ${problem.found === undefined ? 'not found' : `found ${problem.found}`}\n` +
      `      get it: ${problem.howToGet}`,
  );
  const count = problems.length === 1 ? 'One thing is' : `${problems.length} things are`;
  return `${count} missing on this machine, so nothing was started:\n${lines.join('\n')}\n`;
}

/** Runs a command and returns its output on both streams. A JDK named by JAVA_HOME takes precedence over PATH. */
export function runVersionCommand(command, javaHome) {
  const [program, ...args] = command;
  const executable = program === 'javac' && javaHome ? `${javaHome}/bin/javac` : program;
  const result = spawnSync(executable, args, { encoding: 'utf8', timeout: 30_000 });
  return result.error || result.status !== 0 ? undefined : `${result.stdout}${result.stderr}`;
}
