import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startApp, type App } from '../start-app.ts';

let app: App;
beforeEach(async () => void (app = await startApp()));
afterEach(async () => await app.stop());

describe('deployment files', () => {
  const minimal = [
    'apiVersion: sluice/v1',
    'kind: FlinkJob',
    'name: clicks-dev',
    'environment: dev',
    'owner: {team: ads}',
    'placement: {cluster: yarn-a}',
    'flink: {version: "1.20.1"}',
    'job: {jar: clicks.jar, entryClass: com.example.Clicks}',
    '',
  ].join('\n');

  it('are checked as JSON or as YAML', async () => {
    const asJson = await app.post('/api/v1/deployment-files/validate', { text: minimal });
    expect([asJson.status, asJson.body.valid, asJson.body.job]).toEqual([200, true, 'clicks-dev']);
    const asYaml = await app.post('/api/v1/deployment-files/validate', minimal, { 'content-type': 'application/yaml' });
    expect(asYaml.body).toEqual(asJson.body);
  });

  it('are refused with line and column', async () => {
    const text = minimal.replace('jar: clicks.jar', 'jarr: clicks.jar');
    const { status, body } = await app.post('/api/v1/deployment-files/validate', { text });
    expect([status, body.code]).toEqual([422, 'InvalidDeploymentFile']);
    expect(body.errors[0]).toMatchObject({ line: 8 });
  });

  it('that extend another one need it', async () => {
    const child = 'extends: base.yaml\nname: clicks-prod\n';
    const without = await app.post('/api/v1/deployment-files/validate', { text: child });
    expect(without.body.errors[0]?.path).toBe('extends');
    const { body } = await app.post('/api/v1/deployment-files/validate', { text: child, base: { text: minimal } });
    expect(body.job).toBe('clicks-prod');
  });

  it('have a JSON Schema', async () => {
    const { body, headers } = await app.send('/api/v1/schemas/deployment.json');
    expect(headers.get('content-type')).toContain('application/schema+json');
    expect(body.properties).toHaveProperty('apiVersion');
  });
});
