import { expect, it } from 'vitest';
import { warningsOfFile } from '../../../src/domain/deployment-file/warnings.ts';

it.each([
  ['name: clicks-dev', []],
  ['recovery: {restart: {enabled: true}}', []],
  ['recovery: {failover: {mode: manual}}', []],
  ['recovery: {failover: {mode: automatic}}', ['recovery.failover.mode:']],
  ['placement: {cluster: yarn-a, backups: [yarn-b]}', []],
  ['placement: {cluster: yarn-a, backups: []}', []],
  ['- a list', []],
  ['{', []],
])('%s is warned about as %j', (text, fields) => {
  expect(warningsOfFile(text).map((warning) => warning.split(' ')[0])).toEqual(fields);
});
