/** What the four pages share: a lesson that can be opened and left, and what arrived of it. */
import './page.css';

const FRAMEWORKS = ['react', 'vue', 'svelte', 'solid'];
const NAMES = { react: 'React', vue: 'Vue', svelte: 'Svelte', solid: 'Solid' };
const LESSON = { lessonId: 'fractions', lessonName: 'Fractions' };

/** @param {(element: Element, props: object) => (() => void)} mount returns what unmounts */
export async function showPage(mount) {
  const framework = document.body.dataset.framework;
  document.body.insertAdjacentHTML('afterbegin', frame(framework));
  const { learner } = await json('/api/me').catch(() => ({ learner: undefined }));
  find('main').dataset.state = learner ? 'ready' : learner === null ? 'signed-out' : 'error';
  if (!learner) return;
  find('#who').textContent = learner.name;
  showPython();
  bindLesson(mount);
}

/** Opens and leaves the lesson; which of both is in the address, so that it outlives a reload. */
function bindLesson(mount) {
  let unmount = null;
  const toggle = find('#toggle');

  function show() {
    const open = location.hash !== '#left';
    if (open === (unmount !== null)) return;
    if (open) {
      unmount = mount(find('#lesson'), LESSON);
    } else {
      unmount();
      unmount = null;
    }
    find('#state').textContent = open
      ? 'The lesson is open: the time that you look at this page counts.'
      : 'You have left the lesson. What you have worked is safe.';
    toggle.textContent = open ? 'Leave the lesson' : 'Open the lesson';
    find('#lesson').dataset.open = open;
  }

  toggle.addEventListener('click', () => {
    history.replaceState(null, '', unmount ? '#left' : location.pathname);
    show();
  });
  addEventListener('hashchange', show);
  show();
  setInterval(showArrived, 2_000);
  showArrived();
}

async function showArrived() {
  if (document.hidden) return;
  const progress = await json(`/api/progress/${LESSON.lessonId}`).catch(() => null);
  if (!progress) return;
  find('#run').textContent = progress.runId ?? 'none yet';
  find('#sessions').textContent = progress.sessions.length;
  find('#active').textContent = duration(progress.activeMs);
}

function showPython() {
  const ready = () => { find('#python').textContent = 'keeps the time'; };
  if (globalThis.timebackWeb) ready();
  else addEventListener('timebackWeb', ready, { once: true });
}

function frame(framework) {
  const current = (name) => (name === framework ? ' aria-current="page"' : '');
  const link = (name) =>
    `<a href="/frameworks/${name}.html"${current(name)}>${NAMES[name]}</a>`;
  return `
    <a class="skip" href="#main">Skip to the lesson</a>
    <header class="site">
      <a class="brand" href="/">Timeback lessons</a>
      <nav aria-label="Frameworks">
        ${FRAMEWORKS.map(link).join('\n')}
        <a href="/lesson/fractions">PyScript</a>
      </nav>
      <p class="who" id="who"></p>
    </header>
    <main id="main" class="framework" data-state="loading">
      <h1>Fractions in ${NAMES[framework]}</h1>
      <p class="summary">The lesson component of the guide, as it stands there. Leave it here and
        open it in another framework: it is the same attempt, and every second counts once.</p>
      <section class="panel card" data-panel="signed-out">
        <p>Who is learning? <a href="/">Sign in</a>, then come back.</p>
      </section>
      <section class="panel card" data-panel="error" role="alert">
        <p>The lesson can’t be reached. Check the connection, then load the page again.</p>
      </section>
      <section class="panel card" data-panel="ready" aria-labelledby="lesson-title">
        <h2 id="lesson-title">The component</h2>
        <div id="lesson"></div>
        <p id="state" role="status"></p>
        <div class="actions"><button type="button" class="primary" id="toggle"></button></div>
      </section>
      <section class="panel card" data-panel="ready" aria-labelledby="arrived-title">
        <h2 id="arrived-title">What arrived</h2>
        <dl class="arrived">
          <div><dt>Python</dt><dd id="python">is on its way; the time counts already</dd></div>
          <div><dt>Run</dt><dd id="run">…</dd></div>
          <div><dt>Sessions</dt><dd id="sessions">…</dd></div>
          <div><dt>Time worked</dt><dd id="active">…</dd></div>
        </dl>
        <p><a href="/journal">Journal</a></p>
      </section>
    </main>`;
}

const find = (selector) => document.querySelector(selector);

async function json(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

function duration(ms) {
  const seconds = Math.floor(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
