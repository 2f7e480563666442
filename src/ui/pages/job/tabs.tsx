/** The parts of a job that have an address of their own. */
import type { ComponentType } from 'react';
import { fetched } from '../../state/fetched.ts';
import type { TabProps } from './tab-props.ts';

interface Tab {
  /** The end of its address; empty for the overview. */
  readonly name: string;
  readonly title: string;
  readonly Content: ComponentType<TabProps>;
}

export const tabs: readonly Tab[] = [
  { name: '', title: 'Overview', Content: fetched(() => import('./overview.tsx')) },
  { name: 'history', title: 'History', Content: fetched(() => import('./tabs/history.tsx')) },
  { name: 'deployments', title: 'Deployments', Content: fetched(() => import('./tabs/deployments.tsx')) },
  { name: 'restore-points', title: 'Restore points', Content: fetched(() => import('./tabs/restore-points.tsx')) },
  { name: 'configuration', title: 'Configuration', Content: fetched(() => import('./tabs/configuration.tsx')) },
  { name: 'logs', title: 'Logs', Content: fetched(() => import('./tabs/logs.tsx')) },
];

export const pathOfTab = (job: string, name: string): string => `/jobs/${job}${name === '' ? '' : `/${name}`}`;
