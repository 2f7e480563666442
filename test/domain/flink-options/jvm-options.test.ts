import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  quoteForLaunchCommand,
  renderJvmOptions,
  tokenizeJvmOptions,
} from '../../../src/domain/flink-options/jvm-options.ts';

/** @returns the arguments that a program gets when YARN's NodeManager writes this command into its launch script. */
const throughYarn = (command: string): string[] => {
  const script = `exec /bin/bash -c "printf '%s\\0' ${command}"`;
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
};

describe('JVM options', () => {
  test.each<readonly [string, string[]]>([
    ['', []],
    ['  -Xss1m\t-XX:+UseG1GC ', ['-Xss1m', '-XX:+UseG1GC']],
    ['-Da="b c" -Dd=\'e  f\'', ['-Da=b c', '-Dd=e  f']],
    ['"-Dx=y z"', ['-Dx=y z']],
    ['--add-opens java.base/java.lang=ALL-UNNAMED', ['--add-opens', 'java.base/java.lang=ALL-UNNAMED']],
    ['-Dlist=a;b&c|d>e<f', ['-Dlist=a;b&c|d>e<f']],
    ['-Xlog:gc*:file=<LOG_DIR>/gc.log', ['-Xlog:gc*:file=<LOG_DIR>/gc.log']],
    ['-Xss1m\n  -XX:+UseG1GC\r\n', ['-Xss1m', '-XX:+UseG1GC']],
    ['-Dlog4j2.formatMsgNoLookups=true', ['-Dlog4j2.formatMsgNoLookups=true']],
    [
      '-Dglob=* -Dtilde=~ -Dhash=# -Dbang=! -Dparen=(x) -Dbrace={a,b} -Dpercent=%p',
      ['-Dglob=*', '-Dtilde=~', '-Dhash=#', '-Dbang=!', '-Dparen=(x)', '-Dbrace={a,b}', '-Dpercent=%p'],
    ],
  ])('%s reach the JVM word by word', (text, words) => {
    expect(tokenizeJvmOptions(text)).toEqual(words);
    if (words.length > 0) expect(throughYarn(renderJvmOptions(text))).toEqual(words);
  });

  test.each([
    ['-Dx=`id`'],
    ['-Dx=$HOME'],
    ['-Dx=$(id)'],
    ['-Dx=<CPS>'],
    ['-Dx=1; rm -rf /'],
    ['-Dlog4j.configurationFile=file:mine.xml'],
    ['-Dsluice.armed=op/1'],
    ['-Xss1m -Dlog4j.configuration=mine.xml'],
    ['-Dlog4j2.configurationFile=mine.xml'],
    ['-Dlog.file=/tmp/x'],
    ['-Dlogback.configurationFile=x'],
    ['-Dx=\\'],
    ['-Dx={{HOME}}'],
    ['-Dx=\0'],
    ['-Dx=\u202e'],
    ['-Dx=ü'],
    ["-Dx='a"],
    ['-Dx="a'],
    ['-Dx="\'"'],
    ['com.example.Evil'],
    ['@argfile'],
    ['-Xmx1g'],
    ['-XX:MaxMetaspaceSize=1g'],
    [`-Dx=${'x'.repeat(9000)}`],
  ])('%j are refused', (text) => expect(() => tokenizeJvmOptions(text)).toThrow('JVM options must'));

  it('either are refused or arrive unchanged', () => {
    const tokens = fc.sample(fc.string({ minLength: 1 }), 200).map((text) => `-D${text}`);
    const quoted = tokens.flatMap((token) => {
      try {
        return [{ token, word: quoteForLaunchCommand(token) }];
      } catch {
        return [];
      }
    });
    expect(quoted.length).toBeGreaterThan(20);
    // A shell for all of them, because starting hundreds takes minutes on a busy machine.
    expect(throughYarn(quoted.map(({ word }) => word).join(' '))).toEqual(quoted.map(({ token }) => token));
  });

  it('are not quoted when they need not', () => expect(quoteForLaunchCommand('-XX:+UseG1GC')).toBe('-XX:+UseG1GC'));
});
