import { describe, expect, it } from 'vitest';
import {
  capacityScheduler,
  coreSite,
  renderConfiguration,
  YARN_PORTS,
  yarnSite,
  type YarnPort,
} from '../../stack/components/yarn-configuration.ts';

const ports = Object.fromEntries(YARN_PORTS.map((port, index) => [port, 21_000 + index])) as Record<YarnPort, number>;
const layout = { data: '/d', s3Endpoint: 'http://127.0.0.1:9', applicationClasspath: '/conf:/jars/*', ports };

describe('configuration of YARN', () => {
  it('is rendered as Hadoop reads it, with its special characters escaped', () => {
    expect(renderConfiguration({ 'a.b': 'x < y & z', 'c.d': 5, e: true })).toBe(
      [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<configuration>',
        '  <property><name>a.b</name><value>x &lt; y &amp; z</value></property>',
        '  <property><name>c.d</name><value>5</value></property>',
        '  <property><name>e</name><value>true</value></property>',
        '</configuration>',
        '',
      ].join('\n'),
    );
  });

  it('gives every address a port of its own on the loopback interface', () => {
    const addresses = Object.entries(yarnSite(layout)).filter(([name]) => name.endsWith('.address'));
    expect(addresses).toHaveLength(YARN_PORTS.length);
    for (const [, value] of addresses) expect(value).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(new Set(addresses.map(([, value]) => value)).size).toBe(YARN_PORTS.length);
  });

  it('holds no credentials: containers and daemons find them in their environment', () => {
    const names = [coreSite(layout), yarnSite(layout), capacityScheduler()].flatMap((properties) =>
      Object.keys(properties),
    );
    expect(names.filter((name) => /secret|access\.key|password/.test(name))).toEqual([]);
    expect(yarnSite(layout)['yarn.nodemanager.env-whitelist']).toContain('AWS_SECRET_ACCESS_KEY');
  });

  it('keeps launch scripts, which hold the environment, out of the logs', () => {
    expect(yarnSite(layout)['yarn.nodemanager.log-container-debug-info.enabled']).toBe(false);
  });

  it('puts the same class path on TaskManagers that the launcher puts on JobManagers', () => {
    expect(yarnSite(layout)['yarn.application.classpath']).toBe('/conf,/jars/*');
  });
});
