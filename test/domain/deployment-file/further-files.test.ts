/** Names of further JARs and files: plain, and free in the folder of a container. Seen to fail: without the rules. */
import { expect, test } from 'vitest';
import { parseDeploymentFile } from '../../../src/domain/deployment-file/parse.ts';
import { applyHotfix } from '../../../src/domain/hotfix/apply.ts';
import { smallFile } from './examples.ts';

const errorsOf = (lines: string): readonly string[] => {
  const parsed = parseDeploymentFile(`${smallFile}${lines}`);
  return parsed.ok ? [] : parsed.errors.map(({ message }) => message);
};

test.each([
  '  jars: [rules.jar, lib-2.0+a_b.jar]\n  files: [app.properties, rules.yml, model.bin, hive-site.xml]\n',
  `  files: [${Array.from({ length: 50 }, (_, index) => `f${index}`).join(', ')}]\n`,
  '',
])('valid: %j', (lines) => {
  expect(errorsOf(lines)).toEqual([]);
});

test.each([
  ['  jars: [lib/rules.jar]\n', 'job.jars[0] must be a plain file name ending in .jar'],
  ['  jars: [rules.zip]\n', 'job.jars[0] must be a plain file name ending in .jar'],
  ['  jars: [clicks.jar]\n', 'job.jars[0] must not be the name of job.jar too'],
  ['  jars: [a.jar, a.jar]\n', 'job.jars[1] must not be the name of job.jars[0] too'],
  ['  jars: [flink-dist-1.20.1.jar]\n', 'job.jars[0] must not begin with flink-dist'],
  ['  files: [rules.jar]\n', 'a JAR belongs into job.jars'],
  ['  files: [../secret]\n', 'job.files[0] must be a plain file name'],
  ['  files: [.hidden]\n', 'job.files[0] must be a plain file name'],
  ['  files: [a.txt, a.txt]\n', 'job.files[1] must not be the name of job.files[0] too'],
  ['  files: [config.yaml]\n', "job.files[0] must not be config.yaml, which is the platform's"],
  ['  files: [core-site.xml]\n', "job.files[0] must not be core-site.xml, which is the platform's"],
  ['  files: [lib]\n', 'job.files[0] must not be lib'],
  [`  files: [${Array.from({ length: 51 }, (_, index) => `f${index}`).join(', ')}]\n`, 'must have at most 50 items'],
])('refused: %j', (lines, said) => {
  expect(errorsOf(lines).join('\n')).toContain(said);
});

test.each([
  ['yarn.ship-files', 'job.files'],
  ['yarn.ship-archives', 'job.files'],
  ['pipeline.jars', 'job.jars'],
  ['pipeline.classpaths', 'job.jars'],
])('%s is refused with a word on %s', (option, field) => {
  const config = smallFile.replace('  version: "1.20.1"\n', `  version: "1.20.1"\n  config: {${option}: x}\n`);
  const parsed = parseDeploymentFile(config);
  expect(parsed.ok ? [] : parsed.errors.map(({ message }) => message)).toEqual([expect.stringContaining(field)]);
});

test('a hotfix cannot name files, because they come with a release', () => {
  const parsed = parseDeploymentFile(smallFile);
  if (!parsed.ok) throw new Error('the example is invalid');
  for (const path of ['job.files', 'job.jars']) {
    expect(applyHotfix(parsed.file, { set: { [path]: ['a.jar'] } })).toMatchObject({
      ok: false,
      errors: [{ message: `${path} cannot be hotfixed: deploy a release instead` }],
    });
  }
});
