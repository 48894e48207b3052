// The plain page: who is where and what is to be done, as the stream tells it. One region.
const $ = (id) => document.getElementById(id);
const jobs = new Map(), agents = new Map();
let lines = [], chosen = null, csrf = '', source = null, heard = 0, lag = null, dirty = true;

async function ask(path, options) {
  const reply = await fetch(path, { credentials: 'same-origin', ...options });
  if (reply.ok) return reply.status === 204 ? null : reply.json();
  const problem = await reply.json().catch(() => ({}));
  throw Object.assign(new Error(problem.detail || reply.statusText), { status: reply.status });
}

// --- who ---

async function signIn(key) {
  const body = JSON.stringify({ key });
  const headers = { 'Content-Type': 'application/json' };
  try {
    begin(await ask('/v1/session', { method: 'POST', headers, body }));
  } catch (error) {
    showEntry(error.message);
  }
}

function showEntry(trouble) {
  source?.close();
  jobs.clear();
  agents.clear();
  $('enter').hidden = false;
  $('board').hidden = $('leave').hidden = true;
  $('trouble').textContent = trouble;
  $('lag').textContent = 'signed out';
  $('key').focus();
}

function begin(session) {
  csrf = session.csrf || '';
  $('key').value = '';
  $('enter').hidden = true;
  $('board').hidden = $('leave').hidden = false;
  ask('/v1/map').then((map) => { lines = map.lines; dirty = true; }).catch(() => {});
  listen();
}

$('enter').addEventListener('submit', (event) => {
  event.preventDefault();
  signIn($('key').value.trim());
});
$('leave').addEventListener('click', async () => {
  await ask('/v1/session', { method: 'DELETE', headers: { 'X-CSRF-Token': csrf } }).catch(() => {});
  showEntry('');
});

// --- what happens ---

async function takeSnapshot() {
  const all = await ask('/v1/snapshot');
  jobs.clear();
  for (const job of all.jobs) jobs.set(job.id, job);
  const places = new Map([...agents].map(([id, agent]) => [id, agent.position]));
  agents.clear();
  for (const agent of all.agents)
    agents.set(agent.id, { ...agent, position: agent.position || places.get(agent.id) });
  dirty = true;
}

const newer = (known, told) => !known || Number(told.version) >= Number(known.version);
const events = {
  ready: takeSnapshot,
  gap: takeSnapshot,
  job(job) { if (newer(jobs.get(job.id), job)) jobs.set(job.id, job); },
  job_gone(job) { jobs.delete(job.id); },
  agent(agent) {
    const known = agents.get(agent.id);
    if (newer(known, agent)) agents.set(agent.id, { position: known?.position, ...agent });
  },
  agent_gone(agent) { agents.delete(agent.id); },
  positions(told) {
    for (const [id, ...position] of told.positions) {
      const agent = agents.get(id);
      if (agent) agent.position = position;
    }
  },
  decision(decision) { lag = Date.now() - Date.parse(decision.at); },
};

function listen() {
  source?.close();
  source = new EventSource('/v1/stream?topics=region');
  for (const [name, take] of Object.entries(events)) {
    source.addEventListener(name, (event) => {
      heard = Date.now();
      dirty = true;
      Promise.resolve(take(JSON.parse(event.data))).catch((error) => showEntry(error.message));
    });
  }
  source.onopen = () => { heard = Date.now(); };
  source.onerror = () => {
    // A stream that does not come back by itself was refused: the session is over.
    if (source.readyState === EventSource.CLOSED) showEntry('Please sign in again.');
  };
}

// --- what is seen ---

function addText(parent, tag, text) {
  const made = parent.appendChild(document.createElement(tag));
  made.textContent = text;
  return made;
}

const over = (job) => ['done', 'failed', 'cancelled'].includes(job.phase);
const nameOf = (thing) => thing?.reference || thing?.id || '';

function showKpis() {
  const live = [...jobs.values()].filter((job) => !over(job));
  const waiting = live.filter((job) => !job.assignments.length);
  const duty = [...agents.values()].filter((agent) => agent.availability === 'on_duty');
  const idle = duty.filter((agent) => agent.status === 'idle');
  const done = [...jobs.values()].filter((job) => job.phase === 'done');
  const figures = { 'Live jobs': live, Waiting: waiting, Done: done, 'On duty': duty, Idle: idle };
  $('kpis').replaceChildren();
  for (const [name, list] of Object.entries(figures)) {
    const pair = $('kpis').appendChild(document.createElement('div'));
    addText(pair, 'dt', name);
    addText(pair, 'dd', list.length);
  }
}

function showJobs() {
  const order = (a, b) => over(a) - over(b) || (a.created < b.created ? 1 : -1);
  const rows = new Map([...$('jobs').children].map((row) => [row.dataset.job, row]));
  const shown = [...jobs.values()].sort(order).slice(0, 60);
  const list = shown.map((job) => rows.get(job.id) || newRow(job.id));
  list.forEach((row, i) => fillRow(row.firstChild, shown[i]));
  const same = list.length === $('jobs').children.length &&
    list.every((row, i) => row === $('jobs').children[i]);
  if (same) return;
  const focused = document.activeElement;
  $('jobs').replaceChildren(...list);
  if (focused.closest?.('#jobs')) focused.focus();
}

function newRow(id) {
  const row = document.createElement('li');
  row.dataset.job = id;
  const button = addText(row, 'button', '');
  button.type = 'button';
  button.addEventListener('click', () => { chosen = chosen === id ? null : id; dirty = true; });
  for (const tag of ['span', 'span', 'small']) addText(button, tag, '');
  return row;
}

function fillRow(button, job) {
  const who = job.assignments.map((each) => nameOf(agents.get(each.agent)) || each.agent);
  const texts = [nameOf(job), job.title || job.state, who.join(', ') || 'nobody yet'];
  texts.forEach((text, i) => {
    if (button.children[i].textContent !== text) button.children[i].textContent = text;
  });
  button.setAttribute('aria-pressed', String(job.id === chosen));
}

function draw() {
  const canvas = $('map'), scale = devicePixelRatio, box = canvas.getBoundingClientRect();
  canvas.width = box.width * scale;
  canvas.height = box.height * scale;
  const pen = canvas.getContext('2d'), style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name);
  const placed = [...agents.values()].map((agent) => [agent, agent.position ||
    (agent.home && [agent.home.lat, agent.home.lon])]).filter(([, at]) => at);
  const open = [...jobs.values()].filter((job) => !over(job));
  const stops = open.flatMap((job) => job.stops.map((stop) => [stop.place.lat, stop.place.lon]));
  const all = lines.length ? lines.flat() : [...placed.map(([, at]) => at), ...stops];
  if (!all.length) return;
  const span = all.reduce((b, [lat, lon]) => [Math.min(b[0], lat), Math.min(b[1], lon),
    Math.max(b[2], lat), Math.max(b[3], lon)], [90, 180, -90, -180]);
  const squeeze = Math.cos((span[0] + span[2]) * Math.PI / 360);
  const high = span[2] - span[0] || 0.01, wide = (span[3] - span[1]) * squeeze || 0.01;
  const unit = 0.94 * Math.min(canvas.width / wide, canvas.height / high);
  const at = ([lat, lon]) => [
    canvas.width / 2 + ((lon - span[1]) * squeeze - wide / 2) * unit,
    canvas.height / 2 - (lat - span[0] - high / 2) * unit];
  pen.lineWidth = scale;
  pen.strokeStyle = colour('--line');
  for (const line of lines) {
    pen.beginPath();
    for (const point of line) pen.lineTo(...at(point));
    pen.stroke();
  }
  const dot = (place, size, fill) => {
    const [x, y] = at(place);
    pen.fillStyle = fill;
    pen.beginPath();
    pen.arc(x, y, size * scale, 0, 7);
    pen.fill();
  };
  for (const job of open) {
    const [x, y] = at([job.stops[0].place.lat, job.stops[0].place.lon]), half = 4 * scale;
    pen.strokeStyle = colour(job.id === chosen ? '--mark' : '--job');
    pen.lineWidth = (job.id === chosen ? 4 : 1.5) * scale;
    pen.strokeRect(x - half, y - half, 2 * half, 2 * half);
  }
  const theirs = new Set(jobs.get(chosen)?.assignments.map((each) => each.agent));
  for (const [agent, place] of placed) {
    if (theirs.has(agent.id)) dot(place, 8, colour('--mark'));
    const off = agent.availability !== 'on_duty';
    dot(place, 4, colour(off ? '--off' : agent.status === 'idle' ? '--free' : '--busy'));
  }
}

function refresh() {
  const silent = Date.now() - heard;
  const late = !source || source.readyState !== EventSource.OPEN || silent > 20000;
  $('lag').classList.toggle('late', late);
  if (!$('board').hidden) {
    $('lag').textContent = late ? 'reconnecting…' : lag === null ? 'live' : `live, ${lag} ms behind`;
    if (dirty) { showKpis(); showJobs(); draw(); dirty = false; }
  }
}
setInterval(refresh, 250);
addEventListener('resize', () => { dirty = true; });

const given = new URLSearchParams(location.hash.slice(1)).get('key');
if (given) {
  history.replaceState(null, '', location.pathname);
  signIn(given);
} else {
  ask('/v1/session').then(begin).catch(() => showEntry(''));
}
