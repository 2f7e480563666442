/** The end of a row: its star and its menu. They have keys, so that Tab goes from row to row. */
import type { JobItem } from '../../../../api/job-list-contract.ts';
import { turnStar, useStars } from '../../../state/stars.ts';

interface ToolsProps {
  readonly job: JobItem;
  readonly onMenu: (job: JobItem, button: HTMLElement) => void;
}

export function Tools({ job, onMenu }: ToolsProps) {
  const { name } = job;
  const isStarred = useStars().includes(name);
  return (
    <>
      <button
        type="button"
        className={`tool star${isStarred ? ' is-on' : ''}`}
        tabIndex={-1}
        aria-pressed={isStarred}
        aria-label={`Star ${name}`}
        title="Star (s)"
        onClick={() => turnStar(name)}
      ></button>
      <button
        type="button"
        className="tool"
        tabIndex={-1}
        aria-haspopup="dialog"
        aria-label={`Menu of ${name}`}
        title="Menu (m)"
        onClick={({ currentTarget }) => onMenu(job, currentTarget)}
      >
        …
      </button>
    </>
  );
}
