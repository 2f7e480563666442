/** The head of a job: what it is, where it runs, whose it is, and the pages elsewhere about it. */
import { ExternalLink, Star } from 'lucide-react';
import { Link } from 'wouter';
import type { JobBody } from '../../../api/contract.ts';
import { movedInWords } from '../../../domain/deployment/placed-words.ts';
import { pathOf } from '../../api/reads.ts';
import { Button } from '../../parts/button.tsx';
import { JobBadge, Tag } from '../../parts/data/badge.tsx';
import { turnStar, useStars } from '../../state/stars.ts';

export function Head({ job }: { readonly job: JobBody }) {
  const { name, environment, deployment, hotfix, sync } = job;
  return (
    <>
      <JobBadge job={job} isFramed />
      {environment !== null && <Tag>{environment}</Tag>}
      {deployment && (
        <>
          <Tag>
            <Link href={`/clusters/${deployment.cluster}`}>{deployment.cluster}</Link>
            {deployment.placed?.moved && ` moved ${movedInWords(deployment.placed.moved)}`}
          </Tag>
          <Tag>
            <Link href={`/releases/${deployment.release}`}>{deployment.release}</Link>
            {deployment.gitCommit !== null && <code> {deployment.gitCommit.slice(0, 8)}</code>}
          </Tag>
          <Tag>
            <Link href={`/jobs/${name}/deployments/${deployment.number}`}>#{deployment.number}</Link>
          </Tag>
          <Tag>Flink {deployment.flinkVersion}</Tag>
        </>
      )}
      {hotfix && <Tag tone="warn">hotfix</Tag>}
      {sync === 'behind' && <Tag tone="warn">newer release</Tag>}
      <StarButton name={name} />
    </>
  );
}

function StarButton({ name }: { readonly name: string }) {
  const isStarred = useStars().includes(name);
  return (
    <Button look="quiet" label={isStarred ? 'Take the star away' : 'Star the job'} onClick={() => turnStar(name)}>
      <Star aria-hidden fill={isStarred ? 'currentColor' : 'none'} />
    </Button>
  );
}

/** Below the title: owner, labels, description and links. */
export function About({ job }: { readonly job: JobBody }) {
  const { owner, project, contacts = [], labels, description, links } = job;
  return (
    <div className="job-about">
      {description !== null && <p>{description}</p>}
      <p>
        {owner !== null && (
          <>
            <span className="muted">Owner</span>{' '}
            <Link href={pathOf('/jobs', {}, { view: 'all', owner })}>{owner}</Link>{' '}
          </>
        )}
        {contacts.map((contact) => (
          <Contact key={contact} text={contact} />
        ))}
        {project !== null && (
          <>
            <span className="muted">Project</span>{' '}
            <Link href={pathOf('/releases', {}, { project })}>{project}</Link>{' '}
          </>
        )}
        {Object.entries(labels).map(([key, value]) => (
          <Link key={key} href={pathOf('/jobs', {}, { view: 'all', label: `${key}=${value}` })} className="tag">
            {key}={value}
          </Link>
        ))}
        <Elsewhere name="Flink" href={links.flink} />
        <Elsewhere name="YARN" href={links.yarn} />
        <Elsewhere name="Temporal" href={links.temporal} />
      </p>
    </div>
  );
}

/** An address of the web or of mail is a link; a channel or a number is a text. */
function Contact({ text }: { readonly text: string }) {
  const href = /^https?:\/\//.test(text) ? text : /^[^\s@]+@[^\s@]+$/.test(text) ? `mailto:${text}` : null;
  return <>{href === null ? text : <a href={href}>{text}</a>} </>;
}

const Elsewhere = ({ name, href }: { readonly name: string; readonly href: string | null }) =>
  href !== null && (
    <a href={href} target="_blank" rel="noreferrer">
      {name} <ExternalLink aria-label="in another tab" />
    </a>
  );
