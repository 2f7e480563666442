/** The menus of the head: how everything looks, and who looks. */
import { CircleUser, SunMoon } from 'lucide-react';
import { Link } from 'wouter';
import type { SessionBody } from '../../api/access-contract.ts';
import { markSignedOut } from '../api/connection.ts';
import { signOut } from '../api/session.ts';
import { announce } from '../parts/announce.tsx';
import { Menu } from '../parts/menu.tsx';
import { changeSettings, themes, themeWords, useSettings } from '../state/settings.ts';
import { zones, zoneWords } from '../state/zone.ts';

export function SettingsMenu() {
  const { theme, zone } = useSettings();
  return (
    <Menu
      look="quiet"
      label="Theme and time zone"
      title={
        <>
          {zone === 'utc' ? 'UTC' : 'local'} <SunMoon aria-hidden />
        </>
      }
    >
      {themes.map((one) => (
        <button key={one} type="button" aria-pressed={one === theme} onClick={() => changeSettings({ theme: one })}>
          {themeWords[one]}
        </button>
      ))}
      <hr />
      {zones.map((one) => (
        <button key={one} type="button" aria-pressed={one === zone} onClick={() => changeSettings({ zone: one })}>
          {zoneWords[one]}
        </button>
      ))}
    </Menu>
  );
}

export function UserMenu({ session: { name, method, csrf } }: { readonly session: SessionBody }) {
  const leave = (): void => void signOut().catch(() => announce('You are still signed in: the API has not answered'));
  return (
    <Menu
      look="quiet"
      label={`Signed in as ${name}`}
      title={
        <>
          <CircleUser aria-hidden /> <span className="user-name">{name}</span>
        </>
      }
    >
      <Link href="/settings">Settings</Link>
      {method === 'anonymous' && (
        <button type="button" onClick={() => markSignedOut(true)}>
          Sign in
        </button>
      )}
      {csrf !== null && (
        <button type="button" onClick={leave}>
          Sign out
        </button>
      )}
    </Menu>
  );
}
