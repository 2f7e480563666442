/** Every route of logins and logouts. */
import type { Route } from '../http/route.ts';
import { browserLoginRoutes, type LoginDependencies } from './browser-login.ts';
import { deviceLoginRoutes } from './device-login.ts';
import { logoutRoutes } from './logout.ts';
import { tokenLoginRoutes } from './token-login.ts';

export const loginRoutes = (dependencies: LoginDependencies): Route[] => [
  ...browserLoginRoutes(dependencies),
  ...deviceLoginRoutes(dependencies),
  ...tokenLoginRoutes(dependencies),
  ...logoutRoutes(dependencies),
];
