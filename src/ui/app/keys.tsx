/** The keys that every page has, and the help that lists all keys. No key acts on a job. */
import { useState } from 'react';
import { useLocation } from 'wouter';
import { Dialog } from '../parts/dialog.tsx';
import { useAllShortcuts, useShortcuts } from '../state/shortcuts.ts';
import { Finder, openFinder } from './finder.tsx';

const places = [
  { keys: 'g j', does: 'Jobs', path: '/jobs' },
  { keys: 'g r', does: 'Releases', path: '/releases' },
  { keys: 'g a', does: 'Activity', path: '/activity' },
  { keys: 'g m', does: 'Campaigns', path: '/campaigns' },
  { keys: 'g c', does: 'Clusters', path: '/clusters' },
];

export function Keys() {
  const [isHelp, setHelp] = useState(false);
  const [, go] = useLocation();
  useShortcuts([
    ...places.map(({ keys, does, path }) => ({ keys, does, act: () => go(path) })),
    { keys: '/', does: 'Find', act: openFinder },
    { keys: 'Ctrl-k', does: 'Find', act: openFinder },
    { keys: '?', does: 'These keys', act: () => setHelp(true) },
  ]);
  return (
    <>
      <Finder />
      {isHelp && <Help onClose={() => setHelp(false)} />}
    </>
  );
}

function Help({ onClose }: { readonly onClose: () => void }) {
  const shortcuts = useAllShortcuts();
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl className="keys">
        {shortcuts.map(({ keys, does }) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
