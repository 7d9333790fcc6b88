function drawPanels(panels)
  % DRAWPANELS  Draws panels into the current figure.
  clf();
  for panel = panels
    subplot(panel.grid(1), panel.grid(2), (panel.place(1) - 1) * panel.grid(2) + panel.place(2));
    handles = [];
    hold('on');
    for s = panel.series
      style = s.marker;
      if s.line
        style = ['-', style];
      end
      handles(end + 1) = plot(s.x, s.y, style, 'Color', s.colour, 'MarkerFaceColor', s.colour, 'MarkerSize', 4);
    end
    hold('off');
    if panel.isLog
      set(gca(), 'YScale', 'log');
    end
    axis([panel.xLimits, panel.yLimits]);
    grid('on');
    box('on');
    xlabel(panel.x, 'Interpreter', 'none');
    ylabel(panel.y, 'Interpreter', 'none');
    title(panel.title, 'Interpreter', 'none');
    named = ~cellfun(@isempty, {panel.series.name});
    if any(named)
      legend(handles(named), panel.series(named).name, 'Location', 'best');
    end
    for note = panel.notes
      text(note.x, note.y, ['  ', note.text], 'Interpreter', 'none', 'VerticalAlignment', 'bottom');
    end
  end
end
