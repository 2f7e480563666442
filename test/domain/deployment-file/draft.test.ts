/** Seen to fail: a name that YAML reads as something else written without quotes. */
import { expect, test } from 'vitest';
import { draftDeploymentFile } from '../../../src/domain/deployment-file/draft.ts';
import { formatInputErrors, parseDeploymentFile } from '../../../src/domain/deployment-file/parse.ts';

test.each(['ads', 'no', 'true', 'null', '007', 'a: b', 'd\u00e9j\u00e0', '#x'])(
  'a draft for the team %j is valid at once',
  (team) => {
    const draft = {
      name: 'clicks-dev',
      environment: 'dev',
      team,
      cluster: 'yarn-a',
      flinkVersion: '1.20',
      jar: 'clicks.jar',
      entryClass: 'com.example.Clicks',
    };
    const result = parseDeploymentFile(draftDeploymentFile(draft, './schema.json'));
    expect(result.ok ? '' : formatInputErrors(result.errors)).toBe('');
    expect(result).toMatchObject({ file: { name: 'clicks-dev', owner: { team }, flink: { version: '1.20' } } });
  },
);
