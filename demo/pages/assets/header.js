import { api } from './api.js';

/** Shows who is signed in; resolves to `{ learner, teacher }`, one of them or both null. */
export async function showAccount({ signOut = true } = {}) {
  const { learner, teacher } = await api('/api/me');
  const account = learner ?? teacher;
  const who = document.querySelector('#who');
  who.replaceChildren();
  if (!account) return { learner, teacher };
  const name = document.createElement('span');
  name.textContent = account.name;
  who.append(name);
  if (signOut) who.append(signOutButton());
  return { learner, teacher };
}

/** Shows who is signed in; resolves to the learner, or null: to a lesson a teacher is nobody. */
export async function showLearner(options) {
  return (await showAccount(options)).learner;
}

function signOutButton() {
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
  return button;
}
