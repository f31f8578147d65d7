// Which of the two windows this is, and its beginning. The reader's starts paused where it was.

function startReader() {
  buildView();
  measure();
  eyeing = placeRemembered();
  draw();
  showClock();
  afterMove(performance.now());
  followHands();
  followWindow();
  followFullscreen();
  addEventListener("message", heard);
  setInterval(showClock, 1000);
  setInterval(watchSeat, 1000);
}

if (isAudience) buildAudience();
else startReader();
addEventListener("keydown", pressed);
