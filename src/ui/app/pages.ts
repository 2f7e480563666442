/** The pages by their addresses. Each is a file of its own that is fetched when somebody opens it. */
import type { ComponentType } from 'react';
import { fetched } from '../state/fetched.ts';
import { paths, type Path } from './paths.ts';

const job = fetched(() => import('../pages/job/page.tsx'));
const launch = fetched(() => import('../pages/launch/page.tsx'));
const settings = fetched(() => import('../pages/settings/page.tsx'));

const contents: Readonly<Record<Path, ComponentType>> = {
  '/jobs': fetched(() => import('../pages/jobs/page.tsx')),
  '/jobs/:job': job,
  '/jobs/:job/:tab': job,
  '/jobs/:job/launch': launch,
  '/jobs/:job/operations/:id': fetched(() => import('../pages/operation/page.tsx')),
  '/jobs/:job/deployments/:number': fetched(() => import('../pages/deployment/page.tsx')),
  '/jobs/:job/flink': fetched(() => import('../pages/flink/page.tsx')),
  '/launch': launch,
  '/releases': fetched(() => import('../pages/releases/page.tsx')),
  '/releases/:project/:version': fetched(() => import('../pages/releases/release-page.tsx')),
  '/activity': fetched(() => import('../pages/activity/page.tsx')),
  '/campaigns': fetched(() => import('../pages/campaigns/page.tsx')),
  '/campaigns/:campaign': fetched(() => import('../pages/campaigns/campaign-page.tsx')),
  '/clusters': fetched(() => import('../pages/clusters/page.tsx')),
  '/clusters/:cluster': fetched(() => import('../pages/clusters/cluster-page.tsx')),
  '/settings': settings,
  '/settings/:tab': settings,
  '/signed-in': fetched(() => import('../pages/sign-in/signed-in-page.tsx')),
};

export const pages = paths.map((path) => ({ path, Content: contents[path] }));
