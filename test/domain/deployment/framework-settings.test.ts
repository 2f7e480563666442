/** Seen to fail: new names for Flink 1.19; a setting of ours that the platform may set. */
import { describe, expect, it } from 'vitest';
import { frameworkSettings } from '../../../src/domain/deployment/framework-settings.ts';
import { refuseFrameworkKeys } from '../../../src/domain/flink-options/framework-owned.ts';
import { args, input } from './framework-input.ts';

describe('the framework settings', () => {
  it('of Flink 1.20 and later use the new names only', () => {
    for (const flinkVersion of ['1.20.1', '2.1.0']) {
      expect(frameworkSettings({ ...input, flinkVersion })).toMatchObject({
        '$internal.application.program-args': args,
        '$internal.pipeline.job-id': input.flinkJobId,
        'pipeline.jars': ['s3a://bucket/clicks.jar'],
        'execution.state-recovery.path': input.restorePath,
        'execution.state-recovery.claim-mode': 'NO_CLAIM',
        'execution.state-recovery.ignore-unclaimed-state': 'false',
        'execution.checkpointing.dir': input.checkpointsDir,
        'execution.checkpointing.savepoint-dir': input.savepointsDir,
        'execution.checkpointing.externalized-checkpoint-retention': 'RETAIN_ON_CANCELLATION',
        'execution.shutdown-on-application-finish': 'false',
        'yarn.application-attempts': '1',
        'yarn.tags': 'sluice,sluice-job-clicks-prod',
        'containerized.master.env.SLUICE_EPOCH': '9',
        'containerized.taskmanager.env.SLUICE_DEPLOYMENT': '7',
      });
    }
  });

  it('before 1.20 use the old names', () => {
    const settings = frameworkSettings({ ...input, flinkVersion: '1.19.2' });
    expect(settings).toMatchObject({
      'execution.savepoint.path': input.restorePath,
      'state.savepoints.dir': input.savepointsDir,
    });
    expect(Object.keys(settings).filter((key) => key.includes('state-recovery'))).toEqual([]);
  });

  it('have nothing to restore for a fresh start', () => {
    const keys = Object.keys(frameworkSettings({ ...input, restorePath: null }));
    expect(keys.filter((key) => /recovery|savepoint\./.test(key))).toEqual([]);
  });

  it('are refused to everybody else', () => {
    const own = Object.fromEntries(
      Object.entries(frameworkSettings(input)).map(([key, value]) => [key, String(value)]),
    );
    for (const version of ['1.19.2', '1.20.1']) {
      const old = frameworkSettings({ ...input, flinkVersion: version });
      const refused = refuseFrameworkKeys(
        { ...own, ...Object.fromEntries(Object.keys(old).map((key) => [key, 'x'])) },
        'platform',
      );
      const allowed = Object.keys(old).filter((key) => !refused.some(({ path }) => path === key));
      expect(allowed).toEqual([]);
    }
  });

  it('leave their own business to platform and cluster', () => {
    const config = {
      's3.secret-key': 'x',
      'rest.bind-port': '50100-50200',
      'env.java.default-opts.all': '--add-opens=a/b=ALL-UNNAMED',
    };
    expect(refuseFrameworkKeys(config, 'cluster')).toEqual([]);
    expect(refuseFrameworkKeys(config, 'hotfix').map(({ path }) => path)).toEqual(Object.keys(config));
  });
});
