/** The parts of a job that have an address of their own. */
import { lazy, type ComponentType } from 'react';
import type { TabProps } from './tab-props.ts';

interface Tab {
  /** The end of its address; empty for the overview. */
  readonly name: string;
  readonly title: string;
  readonly Content: ComponentType<TabProps>;
}

export const tabs: readonly Tab[] = [
  { name: '', title: 'Overview', Content: lazy(() => import('./overview.tsx')) },
  { name: 'history', title: 'History', Content: lazy(() => import('./tabs/history.tsx')) },
  { name: 'deployments', title: 'Deployments', Content: lazy(() => import('./tabs/deployments.tsx')) },
  { name: 'restore-points', title: 'Restore points', Content: lazy(() => import('./tabs/restore-points.tsx')) },
  { name: 'configuration', title: 'Configuration', Content: lazy(() => import('./tabs/configuration.tsx')) },
  { name: 'logs', title: 'Logs', Content: lazy(() => import('./tabs/logs.tsx')) },
];

export const pathOfTab = (job: string, name: string): string => `/jobs/${job}${name === '' ? '' : `/${name}`}`;
