import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { showPage } from '../page.js';
import { ResumableLesson } from './ResumableLesson.tsx';

showPage((element, props) => {
  const root = createRoot(element);
  root.render(<StrictMode><ResumableLesson {...props} /></StrictMode>);
  return () => root.unmount();
});
