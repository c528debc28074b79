import { api } from './api.js';

/** Shows who is signed in; resolves to the learner, or null. */
export async function showLearner({ signOut = true } = {}) {
  const { learner } = await api('/api/me');
  const who = document.querySelector('#who');
  who.replaceChildren();
  if (!learner) return null;
  const name = document.createElement('span');
  name.textContent = learner.name;
  who.append(name);
  if (signOut) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'quiet';
    button.textContent = 'Sign out';
    button.dataset.testid = 'sign-out';
    button.addEventListener('click', async () => {
      button.disabled = true;
      await api('/api/signout', { method: 'POST' }).catch(() => {});
      location.assign('/');
    });
    who.append(button);
  }
  return learner;
}
