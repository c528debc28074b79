import { mount, unmount } from 'svelte';
import { showPage } from '../page.js';
import ResumableLesson from './ResumableLesson.svelte';

showPage((target, props) => {
  const component = mount(ResumableLesson, { target, props });
  return () => unmount(component);
});
