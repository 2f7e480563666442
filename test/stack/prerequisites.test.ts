import { describe, expect, it } from 'vitest';
import { describeProblems, findProblems, PREREQUISITES } from '../../stack/prerequisites.mjs';

const fit: Readonly<Record<string, string>> = {
  [process.execPath]: 'v20.19.0',
  javac: 'javac 17.0.15',
  mvn: 'Apache Maven 3.8.7',
  'python3 --version': 'Python 3.11.2',
  'python3 -m pip': 'pip 23.0.1 from somewhere',
  go: 'go version go1.26.0 linux/amd64',
};

function machine(changes: Readonly<Record<string, string | undefined>> = {}) {
  return (command: readonly string[]): string | undefined => {
    const versions = { ...fit, ...changes };
    const key = Object.keys(versions).find((start) => command.join(' ').startsWith(start));
    return key === undefined ? undefined : versions[key];
  };
}

describe('prerequisites', () => {
  it('finds nothing wrong with a machine that has everything', () => {
    expect(findProblems(machine())).toEqual([]);
  });

  it.each([
    ['an old Node', { [process.execPath]: 'v18.20.4' }, 'Node.js', '18.20'],
    ['a Node one minor version too old', { [process.execPath]: 'v20.18.1' }, 'Node.js', '20.18'],
    ['an old JDK', { javac: 'javac 1.8.0_412' }, 'JDK', '1.8'],
    ['a JDK too new for Hadoop', { javac: 'javac 25' }, 'JDK', '25.0'],
    ['no compiler', { javac: undefined }, 'JDK', undefined],
    ['an old Go', { go: 'go version go1.19.8 linux/amd64' }, 'Go', '1.19'],
    ['no pip', { 'python3 -m pip': undefined }, 'pip', undefined],
  ])('names %s', (_, changes, name, found) => {
    expect(findProblems(machine(changes))).toMatchObject([{ name, found }]);
  });

  it('lists all that is missing at once, with how to get each', () => {
    const problems = findProblems(() => undefined);
    expect(problems).toHaveLength(PREREQUISITES.length);
    const text = describeProblems(problems);
    for (const { name, howToGet } of PREREQUISITES) {
      expect(text).toContain(name);
      expect(text).toContain(howToGet);
    }
    expect(text).toContain('nothing was started');
  });
});
