/** Settings of this browser; for admins also tokens, the audit log and the doctor, each with an address of its own. */
import type { ComponentType } from 'react';
import { useParams } from 'wouter';
import { Page } from '../../parts/page.tsx';
import { Empty } from '../../parts/states.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { AuditTab } from './audit-tab.tsx';
import { DoctorTab } from './doctor-tab.tsx';
import { LookTab } from './look-tab.tsx';
import { NotificationsTab } from './notifications-tab.tsx';
import { TokensTab } from './tokens-tab.tsx';
import './settings.css';

const tabs: readonly { readonly path: string; readonly name: string; readonly Content: ComponentType }[] = [
  { path: 'look', name: 'Look', Content: LookTab },
  { path: 'tokens', name: 'Tokens', Content: TokensTab },
  { path: 'audit', name: 'Audit log', Content: AuditTab },
  { path: 'notifications', name: 'Notifications', Content: NotificationsTab },
  { path: 'doctor', name: 'Doctor', Content: DoctorTab },
];

export default function SettingsPage() {
  const { tab = 'look' } = useParams<{ tab?: string }>();
  const shown = tabs.find(({ path }) => path === tab);
  return (
    <Page title="Settings">
      <Tabs
        label="Settings"
        tabs={tabs.map(({ path, name }) => ({
          name,
          href: path === 'look' ? '/settings' : `/settings/${path}`,
          isHere: path === tab,
        }))}
      />
      {shown ? <shown.Content /> : <Empty title={`There are no settings ${tab}.`} />}
    </Page>
  );
}
