import { render } from 'solid-js/web';
import { showPage } from '../page.js';
import { ResumableLesson } from './ResumableLesson.tsx';

showPage((element, props) => render(() => <ResumableLesson {...props} />, element));
