function lesson = keptTraining(given)
  % KEPTTRAINING  Keeps the lesson of an interrupted training: keptTraining(lesson), keptTraining([]) to forget.
  persistent kept
  if nargin > 0
    kept = given;
  end
  lesson = kept;
end
