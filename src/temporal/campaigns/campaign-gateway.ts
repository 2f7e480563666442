/** The campaigns as the API sees them. Temporal stands behind this interface, or a fake in tests. */
import type { CampaignPlan } from '../../domain/campaign/plan.ts';
import type { CampaignCommand } from '../../domain/campaign/transitions.ts';
import type { CampaignDigest, CampaignView } from '../../domain/campaign/view.ts';
import type { CampaignCommander } from '../../workflows/messages.ts';

export interface CampaignGateway {
  /** Starts a campaign; `exists` when there was one of this id, which goes on as it is. */
  start(plan: CampaignPlan): Promise<'started' | 'exists'>;
  /** Null: there is no campaign of this id, or Temporal has forgotten it. */
  view(id: string): Promise<CampaignView | null>;
  /** The campaigns that Temporal remembers, newest first. */
  list(): Promise<readonly CampaignDigest[]>;
  /** @throws RequestRefused `CampaignOver`, SluiceError `NotFound`. */
  command(id: string, command: CampaignCommand, commander: CampaignCommander): Promise<CampaignDigest>;
}
