// The reader's side of the second screen. Windows opened from file: have no origin to name, and
// BroadcastChannel would also reach strangers' files in some browsers: messages go from window to
// window. They hold numbers, no words; the second screen has the words, being the same file.

const HALL = "payamgir-hall";
const SEAT = `${HALL}-${edition.slice(0, 16)}`;
const SEAT_SIZE = "popup,width=1120,height=700";

let seat = null;
const seatOpen = () => seat !== null && !seat.closed;

function openSeat() {
  if (seatOpen()) return seat.focus();
  const opened = window.open(`${location.href.split("#")[0]}#audience`, SEAT, SEAT_SIZE);
  if (!opened) return say(word("said-no-window"));
  seat = opened;
  seat.focus();
  mark(root, "data-blank", false);
  say(word("said-window"));
  showToggles();
}

/** Where in the words the eye is: a block of an item, and how much of it is above. */
function placeAtEye() {
  const { item, block } = lay.lines[lineAt(eyeing)];
  const own = lay.lines.filter((line) => line.item === item && line.block === block);
  const [top, bottom] = [own[0].top, own.at(-1).bottom];
  return { item, block, ratio: clamp((eyeing - top) / (bottom - top || 1), 0, 1) };
}

/** Before it has begun and after its end, the hall sees the edition's cover. */
const atCover = () => eyeing >= lay.stops.at(-1) || (!started && eyeing <= lay.stops[0]);

function tellSeat() {
  if (seatOpen()) seat.postMessage({ hall: HALL, edition, blank, cover: atCover(), ...placeAtEye() }, "*");
}

/** A window this one opened says it is there: also after either was loaded anew. */
function heard({ data, source }) {
  if (data?.hall !== HALL || data.edition !== edition || source?.opener !== window) return;
  const isNew = seat !== source;
  seat = source;
  if (typeof data.act === "string") run(data.act, data.value);
  else tellSeat();
  if (isNew) showToggles();
}

/** Somebody closed the second screen: say so, once. */
function watchSeat() {
  if (!seat?.closed) return;
  seat = null;
  say(word("said-window-gone"));
  setBlank(false);
  showToggles();
}
