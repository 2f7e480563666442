/** The head of every page: where one can go, how fresh everything is, the settings, and who looks. */
import { Link, useLocation } from 'wouter';
import { useConnection } from '../api/connection.ts';
import { useSession } from '../api/session.ts';
import { Button } from '../parts/button.tsx';
import { ageText, countText } from '../parts/data/format.ts';
import { useNow } from '../state/clock.ts';
import { openFinder } from './finder.tsx';
import { SettingsMenu, UserMenu } from './menus.tsx';
import { useCounts } from './use-counts.ts';

export function Header() {
  const { data: session } = useSession();
  return (
    <header className="frame-head">
      <Link href="/jobs" className="brand">
        Sluice
      </Link>
      {session && <Navigation />}
      <div className="frame-tools">
        {session && (
          <>
            <Button onClick={openFinder} look="quiet">
              Find… <kbd>/</kbd>
            </Button>
            <Freshness />
          </>
        )}
        <SettingsMenu />
        {session && <UserMenu session={session} />}
      </div>
    </header>
  );
}

function Navigation() {
  const [location] = useLocation();
  const { jobs, inProgress, silentClusters } = useCounts();
  const places = [
    { path: '/jobs', name: 'Jobs', note: jobs === null ? '' : countText(jobs), says: 'jobs' },
    { path: '/releases', name: 'Releases', note: '', says: '' },
    { path: '/activity', name: 'Activity', note: inProgress ? `● ${countText(inProgress)}` : '', says: 'in progress' },
    { path: '/campaigns', name: 'Campaigns', note: '', says: '' },
    { path: '/clusters', name: 'Clusters', note: silentClusters ? `! ${silentClusters}` : '', says: 'silent' },
  ];
  return (
    <nav aria-label="Pages">
      {places.map(({ path, name, note, says }) => (
        <Link
          key={path}
          href={path}
          className="place"
          aria-current={location === path || location.startsWith(`${path}/`) ? 'page' : undefined}
        >
          {name}
          {note !== '' && (
            <span className="muted count">
              {note} <span className="unseen">{says}</span>
            </span>
          )}
        </Link>
      ))}
    </nav>
  );
}

/** Whether news come by themselves, and of when the newest are. */
function Freshness() {
  const { down, asOf } = useConnection();
  const now = useNow();
  const isLive = down.stream === undefined && down.api === undefined && asOf !== null;
  return (
    <span className={`freshness tone-${isLive ? 'good' : 'warn'}`}>
      <span aria-hidden>{isLive ? '●' : '○'}</span> {isLive ? 'live' : 'not live'}
      {asOf !== null && <span className="muted number"> · as of {ageText(now - asOf)}</span>}
    </span>
  );
}
