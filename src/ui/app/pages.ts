/** The pages by their addresses. Each is a file of its own that is fetched when somebody opens it. */
import { lazy } from 'react';

const jobs = lazy(() => import('../pages/jobs/page.tsx'));
const job = lazy(() => import('../pages/job/page.tsx'));
const launch = lazy(() => import('../pages/launch/page.tsx'));
const operation = lazy(() => import('../pages/operation/page.tsx'));
const deployment = lazy(() => import('../pages/deployment/page.tsx'));
const flink = lazy(() => import('../pages/flink/page.tsx'));
const releases = lazy(() => import('../pages/releases/page.tsx'));
const release = lazy(() => import('../pages/releases/release-page.tsx'));
const activity = lazy(() => import('../pages/activity/page.tsx'));
const clusters = lazy(() => import('../pages/clusters/page.tsx'));
const cluster = lazy(() => import('../pages/clusters/cluster-page.tsx'));
const settings = lazy(() => import('../pages/settings/page.tsx'));
const signedIn = lazy(() => import('../pages/sign-in/signed-in-page.tsx'));

/** The first that fits is shown. */
export const pages = [
  { path: '/jobs', Content: jobs },
  { path: '/jobs/:job/launch', Content: launch },
  { path: '/jobs/:job/operations/:id', Content: operation },
  { path: '/jobs/:job/deployments/:number', Content: deployment },
  { path: '/jobs/:job/flink', Content: flink },
  { path: '/jobs/:job', Content: job },
  // The tabs of the job page: history, deployments, restore points, configuration, logs.
  { path: '/jobs/:job/:tab', Content: job },
  { path: '/launch', Content: launch },
  { path: '/releases', Content: releases },
  { path: '/releases/:project/:version', Content: release },
  { path: '/activity', Content: activity },
  { path: '/clusters', Content: clusters },
  { path: '/clusters/:cluster', Content: cluster },
  { path: '/settings', Content: settings },
  { path: '/settings/:tab', Content: settings },
  { path: '/signed-in', Content: signedIn },
] as const;
