/** Creates the Express application: it serves every route, and answers a request that fits none with a problem. */
import { randomUUID } from 'node:crypto';
import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import { hasSecret, withoutSecrets } from '../domain/secrets/secret-text.ts';
import type { ApiDependencies, RouteDependencies } from './dependencies.ts';
import { DOCS_STYLE, docsPage } from './http/docs-page.ts';
import { DeclaredFiles } from '../releases/declared.ts';
import { Items } from './jobs/index/items.ts';
import { readBody } from './jobs/job-body.ts';
import { JobStreams } from './jobs/job-streams.ts';
import { Jobs } from './jobs/jobs.ts';
import { NewestReleases } from './jobs/index/newest-releases.ts';
import { EventStreams } from './http/event-stream.ts';
import { Metrics } from './http/metrics.ts';
import { OldOperations } from './operations/old-operations.ts';
import { quoted } from './http/parse-call.ts';
import { compressed } from './http/compressed.ts';
import { serveConsole } from './console/serve-console.ts';
import { bridgeIn, serveFlinkPages } from './flink-pages/serve-flink-pages.ts';
import { ownHostsOnly, ownPagesOnly } from './http/own-callers.ts';
import { Problem } from './http/problem.ts';
import type { Route } from './http/route.ts';
import { Callers } from './access/callers.ts';
import { auditLogin, type LoginEvent } from './login/login-events.ts';
import { loginRoutes } from './login/login-routes.ts';
import { createLogins, NO_LOGINS, peopleOf, tokenCookiesOf } from './login/logins.ts';
import { Gate } from './access/gate.ts';
import { auditRoutes } from './routes/installation/audit.ts';
import { campaignRoutes } from './routes/campaigns.ts';
import { clusterRoutes } from './routes/clusters.ts';
import { cancelRoutes } from './routes/job/cancel.ts';
import { deploymentFileRoutes } from './routes/deployment-files.ts';
import { deploymentRoutes } from './routes/job/deployments.ts';
import { documentRoutes } from './routes/documents.ts';
import { eventRoutes } from './routes/events.ts';
import { flinkOptionRoutes } from './routes/flink-options.ts';
import { figureRoutes } from './routes/job/figures.ts';
import { flinkRoutes } from './routes/job/flink.ts';
import { jobRecordRoutes } from './routes/job/job-records.ts';
import { jobRoutes } from './routes/jobs.ts';
import { logRoutes } from './routes/logs.ts';
import { notificationRoutes } from './routes/installation/notifications.ts';
import { operationRoutes } from './routes/operations.ts';
import { planRoutes } from './routes/job/plan.ts';
import { platformRoutes } from './routes/installation/platform.ts';
import { releaseRoutes } from './routes/releases.ts';
import { statsRoutes } from './routes/stats.ts';
import { sessionRoutes } from './routes/installation/session.ts';
import { tokenRoutes } from './routes/installation/tokens.ts';
import { answerProblem, serve } from './serve-routes.ts';
import { AutoDeploys } from './jobs/auto-deploys.ts';
import { UsualTimes } from './operations/usual-times.ts';
import { ReleaseNews } from './jobs/release-news.ts';
import { Submissions } from './operations/submissions.ts';
import { Watchers } from './jobs/watchers.ts';

const REQUEST_ID = /^[A-Za-z0-9._-]{1,100}$/;

/** Lists every route of the API, for the application and the OpenAPI document. */
function createRoutes(dependencies: RouteDependencies): Route[] {
  const routes: Route[] = [
    ...jobRoutes(dependencies),
    ...operationRoutes(dependencies),
    ...planRoutes(dependencies),
    ...cancelRoutes(dependencies),
    ...jobRecordRoutes(dependencies),
    ...deploymentRoutes(dependencies),
    ...figureRoutes(dependencies),
    ...flinkRoutes(dependencies),
    ...logRoutes(dependencies),
    ...statsRoutes(dependencies),
    ...eventRoutes(dependencies),
    ...releaseRoutes(dependencies),
    ...deploymentFileRoutes(),
    ...flinkOptionRoutes(),
    ...platformRoutes(dependencies),
    ...notificationRoutes(dependencies),
    ...clusterRoutes(dependencies),
    ...campaignRoutes(dependencies),
    ...tokenRoutes(dependencies),
    ...sessionRoutes(dependencies),
    ...auditRoutes(dependencies),
    ...loginRoutes(dependencies.login),
    ...documentRoutes(() => routes, dependencies.version),
  ];
  return routes;
}

/** Creates the application; it holds no connection of its own. */
export function createApp(dependencies: ApiDependencies): Express {
  const newest = new NewestReleases(dependencies.releases);
  const declared = new DeclaredFiles(dependencies.records.bucket);
  const jobs = new Jobs(dependencies.gateway, new Items({ linksOf: dependencies.linksOf, newest, declared }));
  const watchers = new Watchers(dependencies.gateway);
  const submissions = new Submissions(dependencies.gateway);
  const autoDeploys = new AutoDeploys({ newest, bucket: dependencies.records.bucket, jobs });
  const streams = new EventStreams();
  const usual = new UsualTimes({ jobs, records: dependencies.records });
  const bodies = { ...dependencies, watchers, autoDeploys, newest, declared, usual };
  const jobStreams = new JobStreams({ read: (job) => readBody(bodies, jobs, job), index: jobs.all });
  const oldOperations = new OldOperations(dependencies.records, dependencies.log);
  const metrics = new Metrics();
  metrics.gauge('sluice_api_submissions_open', 'Submissions that Temporal has not answered', () => submissions.open);
  metrics.gauge('sluice_api_event_listeners', 'Open event streams', () => streams.open);
  const { audit } = dependencies;
  audit.measure(metrics);
  const { policy, anonymous, tokens, login: loginSettings = NO_LOGINS } = dependencies.access;
  const logins = createLogins(tokens, loginSettings);
  const callers = new Callers(tokens, anonymous, peopleOf(logins, loginSettings));
  const tokenLogins = { callerOf: callers.byToken.bind(callers), cookies: tokenCookiesOf(loginSettings) };
  const login = { logins, tokens: tokenLogins, hasProxy: loginSettings.proxy !== null, note: noteOf(dependencies) };
  const gate = new Gate({ callers, policy, jobs, records: dependencies.records });
  const routes = createRoutes({
    ...dependencies,
    callers,
    login,
    jobs,
    newest,
    declared,
    watchers,
    autoDeploys,
    submissions,
    oldOperations,
    usual,
    releaseNews: new ReleaseNews(dependencies.releases),
    metrics,
    streams,
    jobStreams,
  });

  const app = guardedApp(dependencies, metrics);
  serveDocs(app, docsPage(routes, dependencies.version));
  serve(app, routes, { gate, audit });
  app.use(serveConsole(dependencies.console ?? null, dependencies.version));
  app.use((request) => {
    throw new Problem('NotFound', `There is no route ${request.method} ${quoted(request.path)}; see /docs`);
  });
  app.use(answerProblem(dependencies));
  return app;
}

/** An application that takes requests of its own hosts and pages only, and counts them. */
function guardedApp(dependencies: ApiDependencies, metrics: Metrics): Express {
  const app = express();
  app.set('query parser', 'simple'); // flat and prototype-free
  app.enable('case sensitive routing');
  app.disable('etag');
  app.set('trust proxy', [...(dependencies.proxies ?? [])]); // says whose X-Forwarded-For is taken
  // The API speaks plain HTTP, so a page that upgrades its requests to https would lose its style.
  app.use(helmet({ contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } }));
  app.use(observe(dependencies, metrics));
  app.use(compressed());
  app.use(ownHostsOnly(dependencies.hosts));
  app.use(serveFlinkPages(dependencies.flinkPages ?? null, bridgeIn(dependencies.console ?? null)));
  app.use(ownPagesOnly(dependencies.hosts));
  return app;
}

function serveDocs(app: Express, page: string): void {
  app.get('/docs', (_request, response) => void response.type('html').send(page));
  app.get('/docs/style.css', (_request, response) => void response.type('css').send(DOCS_STYLE));
}

/** The one place that hears of logins and logouts. */
const noteOf =
  ({ log, audit }: ApiDependencies) =>
  (event: LoginEvent): void => {
    log.info({ login: event }, event.kind);
    auditLogin(audit, event);
  };

/** Gives each request an id, and logs and counts its answer. Bodies and headers are never logged. */
function observe({ log }: ApiDependencies, metrics: Metrics): RequestHandler {
  return (request, response, next) => {
    const began = performance.now();
    const given = request.get('x-request-id') ?? '';
    // An id with a token in it would carry the token into logs, answers and the audit log.
    const requestId = REQUEST_ID.test(given) && !hasSecret(given) ? given : randomUUID();
    response.locals['requestId'] = requestId;
    response.setHeader('X-Request-Id', requestId);
    response.on('close', () => {
      const milliseconds = performance.now() - began;
      const route = (request.route as { path?: string } | undefined)?.path ?? 'none';
      metrics.request(request.method, route, response.statusCode, milliseconds / 1000);
      const { statusCode: status } = response;
      const path = withoutSecrets(request.path);
      const line = { requestId, method: request.method, path, status, ms: Math.round(milliseconds) };
      if (status >= 500) log.warn(line, 'answered');
      else log.info(line, 'answered');
    });
    next();
  };
}
