/** The console: its frame, the page that the address names, and the login over it. */
import { QueryClientProvider } from '@tanstack/react-query';
import { Suspense } from 'react';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import { useIsSignedOut } from '../api/connection.ts';
import { queryClient } from '../api/query-client.ts';
import { useSession } from '../api/session.ts';
import { Announcements } from '../parts/announce.tsx';
import { Boundary } from '../parts/boundary.tsx';
import { Skeleton } from '../parts/states.tsx';
import { SignInDialog } from '../pages/sign-in/sign-in-dialog.tsx';
import { SignInPage } from '../pages/sign-in/sign-in-page.tsx';
import { Bars } from './bars.tsx';
import { Header } from './header.tsx';
import { Keys } from './keys.tsx';
import { NotFound } from './not-found.tsx';
import { pages } from './pages.ts';
import './frame.css';

export const App = () => (
  <QueryClientProvider client={queryClient}>
    <a className="skip" href="#page">
      To the page
    </a>
    <Header />
    <Bars />
    <main id="page" tabIndex={-1}>
      <Content />
    </main>
    <Announcements />
    <Keys />
  </QueryClientProvider>
);

/** The page; the login in its place for whoever has come without a session, and over it when a session ends. */
function Content() {
  const { data: session } = useSession();
  const isSignedOut = useIsSignedOut();
  const [location] = useLocation();
  if (!session) return isSignedOut ? <SignInPage /> : <Skeleton rows={8} />;
  return (
    <>
      <Boundary of={location}>
        <Suspense fallback={<Skeleton rows={8} />}>
          <Switch>
            <Route path="/">
              <Redirect to="/jobs" replace />
            </Route>
            {pages.map(({ path, Content: Shown }) => (
              <Route key={path} path={path} component={Shown} />
            ))}
            <Route component={NotFound} />
          </Switch>
        </Suspense>
      </Boundary>
      {isSignedOut && <SignInDialog />}
    </>
  );
}
