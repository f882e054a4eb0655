// What the colours of the good and the bad are.
import { scaleColor } from '../../charts/colors.js';
import { useTheme } from '../../components/theme.js';
import { text } from '../../text.js';

const places = [0, 0.25, 0.5, 0.75, 1];

export function ScaleLegend() {
  const { shown } = useTheme();
  const stops = places.map((share) => scaleColor(share, shown === 'dark'));
  return (
    <span className="row small muted">
      {text.plots.worst}
      <span className="scale-bar" style={{ background: `linear-gradient(to right, ${stops.join(', ')})` }} />
      {text.plots.bestEnd}
    </span>
  );
}
