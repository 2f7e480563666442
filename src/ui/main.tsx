/** Starts the console: settings and styles at once, then the frame, which asks the API who looks at it. */
import './state/zod-without-eval.ts';
import { createRoot } from 'react-dom/client';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './parts/data/data.css';
import { queryClient } from './api/query-client.ts';
import { sessionQuery } from './api/session.ts';
import { App } from './app/app.tsx';
import { watchAttendance } from './state/attended.ts';
import { keepScrollPlaces } from './state/scroll.ts';
import { applySettings } from './state/settings.ts';

applySettings();
keepScrollPlaces();
watchAttendance(document);
// On its way while the page is drawn; the frame asks again where it fails.
queryClient.query(sessionQuery).catch(() => undefined);
const root = document.getElementById('root');
if (root) createRoot(root).render(<App />);
