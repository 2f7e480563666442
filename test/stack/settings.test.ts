import { describe, expect, it } from 'vitest';
import { readSettings, SettingError } from '../../stack/settings.ts';

describe('settings of the stack', () => {
  it('keeps from the components what would change how they behave', () => {
    const { environment } = readSettings({ PATH: '/bin', AWS_PROFILE: 'work', HADOOP_HOME: '/old', CLASSPATH: 'x' });
    // The one AWS variable is ours: it silences a warning.
    expect(environment).toEqual({ PATH: '/bin', AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' });
  });

  it('points to components that exist elsewhere', () => {
    const { external } = readSettings({
      SLUICE_STACK_TEMPORAL_ADDRESS: 'temporal.example.com:7233',
      SLUICE_STACK_S3_ENDPOINT: 'https://s3.example.com',
      AWS_ACCESS_KEY_ID: 'id',
      AWS_SECRET_ACCESS_KEY: 'secret',
      SLUICE_STACK_CLUSTERS: '[{"name":"yarn-x","zone":"zone-x","resourceManager":"http://rm.example.com:8088"}]',
      SLUICE_STACK_TOKEN: 'slc_ci_secret',
    });
    expect(external.token).toBe('slc_ci_secret');
    expect(external.temporal).toEqual({ address: 'temporal.example.com:7233', ui: 'http://temporal.example.com:8233' });
    expect(external.s3?.endpoint).toBe('https://s3.example.com');
    expect(external.clusters?.map(({ name }) => name)).toEqual(['yarn-x']);
  });

  it.each([
    ['S3 without credentials', { SLUICE_STACK_S3_ENDPOINT: 'http://s3' }, 'AWS_ACCESS_KEY_ID'],
    ['clusters that are no JSON', { SLUICE_STACK_CLUSTERS: 'yarn-a' }, 'SLUICE_STACK_CLUSTERS must be a JSON list'],
    ['a folder that class paths cannot hold', { SLUICE_STACK_DIR: '/tmp/my stack' }, 'Set SLUICE_STACK_DIR to'],
  ])('refuses %s and says what to do', (_, environment, message) => {
    expect(() => readSettings(environment)).toThrow(SettingError);
    expect(() => readSettings(environment)).toThrow(message);
  });
});
