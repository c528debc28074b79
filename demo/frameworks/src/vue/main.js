import { createApp } from 'vue';
import { showPage } from '../page.js';
import ResumableLesson from './ResumableLesson.vue';

showPage((element, props) => {
  const app = createApp(ResumableLesson, props);
  app.mount(element);
  return () => app.unmount();
});
