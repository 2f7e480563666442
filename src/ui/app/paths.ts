/** The addresses of the pages, apart from their code, so that a test can hold that it knows each of them. The first that fits is shown. */
export const paths = [
  '/jobs',
  '/jobs/:job/launch',
  '/jobs/:job/operations/:id',
  '/jobs/:job/deployments/:number',
  '/jobs/:job/flink',
  '/jobs/:job',
  // The tabs of the job page: history, deployments, restore points, configuration, logs.
  '/jobs/:job/:tab',
  '/launch',
  '/releases',
  '/releases/:project/:version',
  '/activity',
  '/campaigns',
  '/campaigns/:campaign',
  '/clusters',
  '/clusters/:cluster',
  '/settings',
  '/settings/:tab',
  '/signed-in',
] as const;
export type Path = (typeof paths)[number];
