// The plain page: who is where and what is to be done, as the stream tells it. One region.
const $ = (id) => document.getElementById(id);
const jobs = new Map(), agents = new Map(), reports = new Map();
let lines = [], bounds = null, roads = null, kpis = {}, chosen = null, csrf = '', source = null;
let heard = 0, lag = null, dirty = true;

async function ask(path, options) {
  const reply = await fetch(path, { credentials: 'same-origin', ...options });
  if (reply.ok) return reply.status === 204 ? null : reply.json();
  const problem = await reply.json().catch(() => ({}));
  throw Object.assign(new Error(problem.detail || reply.statusText), { status: reply.status });
}

async function signIn(key) {
  const headers = { 'Content-Type': 'application/json' }, body = JSON.stringify({ key });
  await ask('/v1/session', { method: 'POST', headers, body })
    .then(begin).catch((error) => showEntry(error.message));
}

function showEntry(trouble) {
  source?.close();
  jobs.clear();
  agents.clear();
  heard = 0;
  $('enter').hidden = false;
  $('board').hidden = $('leave').hidden = true;
  $('trouble').textContent = trouble;
  $('link').textContent = 'signed out';
  $('lag').textContent = '';
  $('key').focus();
}

function begin(session) {
  csrf = session.csrf || '';
  $('key').value = '';
  $('enter').hidden = true;
  $('board').hidden = $('leave').hidden = false;
  ask('/v1/map').then(takeMap).catch(() => {});
  takeKpis().catch(() => {});
  listen();
}

$('enter').onsubmit = (event) => { event.preventDefault(); signIn($('key').value.trim()); };
$('leave').addEventListener('click', async () => {
  await ask('/v1/session', { method: 'DELETE', headers: { 'X-CSRF-Token': csrf } }).catch(() => {});
  showEntry('');
});

// GeoJSON: the lines of each kind of road; its points are [lon, lat].
const widths = { motorway: 2.2, trunk: 2.2, primary: 1.8, secondary: 1.6, tertiary: 1.2 };
function takeMap(map) {
  lines = map.features.map(({ properties, geometry }) =>
    [widths[properties.highway] || 0.7, geometry.coordinates]);
  bounds = lines.length ? mostOf(lines.flatMap(([, list]) => list.flat())) : null;
  $('source').textContent = map.copyright || '';
  roads = null;
  dirty = true;
}

// Without the far ends of the roads that lead out of the city.
function mostOf(points) {
  const [lons, lats] = [0, 1].map((i) => points.map((point) => point[i]).sort((a, b) => a - b));
  const end = Math.floor(points.length / 100);
  return [lons[end], lats[end], lons.at(-1 - end), lats.at(-1 - end)];
}

// Also a sign of life where nothing happens: the stream's own heartbeats are not shown to pages.
async function takeKpis() {
  if ($('board').hidden || document.hidden) return;
  kpis = await ask('/v1/kpis');
  if (heard) heard = Date.now();
  dirty = true;
}

async function takeSnapshot() {
  const all = await ask('/v1/snapshot');
  jobs.clear();
  agents.clear();
  for (const job of all.jobs) jobs.set(job.id, job);
  for (const agent of all.agents) agents.set(agent.id, agent);
  reports.clear();
  for (const report of all.road_reports) reports.set(report.id, report);
  showTravel(all.travel_source);
  dirty = true;
}

// The rungs of the ladder: from where travel times come.
const sources = { live: 'live traffic', historical: 'usual traffic', free_flow: 'empty roads',
  outside: 'another server’s times', great_circle: 'straight lines' };
function showTravel(source) {
  $('travel').textContent = sources[source] || source;
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
  road_report(report) { reports.set(report.id, report); },
  road_report_gone(gone) { reports.delete(gone.id); },
  travel(told) { showTravel(told.source); },
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
  // A stream that does not come back by itself was refused: the session is over.
  source.onerror = () => { if (source.readyState === 2) showEntry('Please sign in again.'); };
}

function addText(parent, tag, text) {
  const made = parent.appendChild(document.createElement(tag));
  made.textContent = text;
  return made;
}

const over = (job) => ['done', 'failed', 'cancelled'].includes(job.phase);
const nameOf = (thing) => thing?.reference || thing?.id || '';

function showKpis() {
  const live = [...jobs.values()].filter((job) => !over(job));
  const duty = [...agents.values()].filter((agent) => agent.availability === 'on_duty');
  const has = (figure, text) => figure === undefined ? '–' : text(figure);
  const figures = {
    'Live jobs': live.length, Waiting: live.filter((job) => !job.assignments.length).length,
    'On duty': duty.length, Idle: duty.filter((agent) => agent.status === 'idle').length,
    'Assigned in an hour': has(kpis.assigned_last_hour, String),
    'Median wait': has(kpis.median_wait_ms, (ms) => `${(ms / 1000).toFixed(1)} s`),
    'Service rate': has(kpis.service_rate_per_mille, (share) => `${share / 10} %`) };
  const pairs = $('kpis').children;
  Object.entries(figures).forEach(([name, figure], i) => {
    const pair = pairs[i] || $('kpis').appendChild(document.createElement('div'));
    for (const tag of pair.children.length ? [] : ['dt', 'dd']) addText(pair, tag, '');
    pair.children[0].textContent = name;
    pair.children[1].textContent = figure;
  });
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

// When somebody is there: as likely earlier as later, and nine times of ten by then.
function arrivalOf(job) {
  const stop = job.assignments[0]?.stops.find((each) => !each.arrived && !each.done);
  if (over(job) || !stop?.planned) return '';
  const style = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  const clock = (time) => new Date(time).toLocaleTimeString([], style);
  const [likely, surely] = [clock(stop.planned), clock(stop.planned_p90 || stop.planned)];
  return likely === surely ? ` · ${likely}` : ` · ${likely}–${surely}`;
}

function fillRow(button, job) {
  const who = job.assignments.map((each) => nameOf(agents.get(each.agent)) || each.agent);
  const by = (who.join(', ') || 'nobody yet') + arrivalOf(job);
  const texts = [nameOf(job), job.title || job.state, by];
  texts.forEach((text, i) => { button.children[i].textContent = text; });
  button.setAttribute('aria-pressed', String(job.id === chosen));
}

const boundsOf = (points) => points.reduce(([w, s, e, n], [lon, lat]) => [Math.min(w, lon),
  Math.min(s, lat), Math.max(e, lon), Math.max(n, lat)], [180, 90, -180, -90]);

// From [lon, lat] to pixels: north is up, a degree of longitude as wide as it is there.
function projection([west, south, east, north], { width, height }) {
  const squeeze = Math.cos((south + north) * Math.PI / 360);
  const high = north - south || 0.01, wide = (east - west) * squeeze || 0.01;
  const unit = 0.94 * Math.min(width / wide, height / high);
  return ([lon, lat]) => [width / 2 + ((lon - west) * squeeze - wide / 2) * unit,
    height / 2 - (lat - south - high / 2) * unit];
}

// The roads are drawn once for each size and colour, then copied.
function roadsFor(canvas, at, colour, scale) {
  const name = `${canvas.width} ${canvas.height} ${colour}`;
  if (roads?.name === name) return roads;
  roads = Object.assign(document.createElement('canvas'),
    { width: canvas.width, height: canvas.height, name });
  const pen = roads.getContext('2d');
  pen.strokeStyle = colour;
  for (const [width, list] of lines.toReversed()) {
    pen.lineWidth = width * scale;
    pen.beginPath();
    for (const line of list) for (const point of line)
      point === line[0] ? pen.moveTo(...at(point)) : pen.lineTo(...at(point));
    pen.stroke();
  }
  return roads;
}

function draw() {
  const canvas = $('map'), scale = devicePixelRatio, box = canvas.getBoundingClientRect();
  canvas.width = box.width * scale;
  canvas.height = box.height * scale;
  const pen = canvas.getContext('2d'), style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name);
  const placeOf = ({ position, home }) => position ? [position[1], position[0]]
    : home && [home.lon, home.lat];
  const placed = [...agents.values()].map((agent) => [agent, placeOf(agent)]).filter(([, p]) => p);
  const open = [...jobs.values()].filter((job) => !over(job) && job.stops.length);
  const first = (job) => [job.stops[0].place.lon, job.stops[0].place.lat];
  const all = bounds ? [] : [...placed.map(([, place]) => place), ...open.map(first)];
  if (!box.width || !bounds && !all.length) return;
  const at = projection(bounds || boundsOf(all), canvas);
  if (lines.length) pen.drawImage(roadsFor(canvas, at, colour('--road'), scale), 0, 0);
  const dot = (place, size, fill) => {
    pen.fillStyle = fill;
    pen.beginPath();
    pen.arc(...at(place), size * scale, 0, 7);
    pen.fill();
  };
  pen.strokeStyle = colour('--report');
  pen.lineWidth = 4 * scale;
  for (const { kind, line } of reports.values()) {
    pen.setLineDash(kind === 'slow' ? [4 * scale, 4 * scale] : []);
    pen.beginPath();
    for (const { lon, lat } of line.length > 1 ? line : [line[0], line[0]])
      pen.lineTo(...at([lon, lat]));
    if (line.length === 1) pen.arc(...at([line[0].lon, line[0].lat]), 6 * scale, 0, 7);
    pen.stroke();
  }
  pen.setLineDash([]);
  for (const job of open) {
    const [x, y] = at(first(job)), half = 4 * scale;
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
  if (!$('board').hidden) {
    const link = !heard ? 'connecting…' : late ? 'reconnecting…' : 'live';
    $('link').classList.toggle('late', late && heard > 0);
    if ($('link').textContent !== link) $('link').textContent = link;
    $('lag').textContent = late || lag === null ? '' : `${lag} ms behind`;
    if (dirty) { showKpis(); showJobs(); draw(); dirty = false; }
  }
}
setInterval(refresh, 250);
setInterval(() => takeKpis().catch(() => {}), 5000);
// Also when what stands above it grows, not only with the window.
new ResizeObserver(() => { dirty = true; }).observe($('map'));

const given = new URLSearchParams(location.hash.slice(1)).get('key');
if (given) history.replaceState(null, '', location.pathname);
if (given) signIn(given); else ask('/v1/session').then(begin).catch(() => showEntry(''));
