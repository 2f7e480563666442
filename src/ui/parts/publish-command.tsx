/** The command that publishes a release, for pages that have nothing to show before there is one. */
import { CopyButton } from './copy.tsx';

export const publishCommand = 'sluice publish --project clicks --version 1.0.0 clicks-dev.yaml clicks.jar';

export const PublishCommand = () => (
  <>
    <code>{publishCommand}</code> <CopyButton text={publishCommand} of="command" />
  </>
);
