/*
 * contact.h - The force between two bodies that touch: a linear spring and a dashpot along the normal, and Coulomb
 * friction with a spring and a dashpot along the tangent.
 *
 * P. A. Cundall, O. D. L. Strack: A discrete numerical model for granular assemblies. Geotechnique 29 (1979) 47-65.
 * T. Schwager, T. Poeschel: Coefficient of restitution and linear-dashpot model revisited. Granular Matter 9 (2007)
 * 465-469, arXiv:cond-mat/0701278.
 */
#ifndef CONTACT_H
#define CONTACT_H

#include <math.h>

#define PI 3.14159265358979323846

/* What all bodies are made of. */
typedef struct {
  double stiffness;            /* N/m, of the spring along the normal */
  double tangential_stiffness; /* N/m */
  double damping_ratio;        /* of both dashpots, a part of critical damping: 0 <= ratio < 1 */
  double friction;             /* Coulomb's coefficient */
} contact_law;

/* Both in N: normal >= 0 pushes the bodies apart; tangential acts on the first body, against its slip. */
typedef struct {
  double normal, tangential;
} contact_force;

/*
 * mass [kg] is the effective mass m1 m2/(m1 + m2), overlap [m] is positive, approach [m/s] the speed at which it grows,
 * slip [m/s] the tangential speed of the first body's surface relative to the second's. spring [m] is how far the
 * tangential spring is stretched: 0 when the contact begins, kept by the caller while it lasts, moved here by one step
 * of `time` seconds. The dashpot does not pull at the end of a contact, so that dry grains do not stick. A contact that
 * slides keeps the stretch that the sliding friction holds.
 */
static inline contact_force contact_evaluate(const contact_law *law, double mass, double overlap, double approach,
                                             double slip, double time, double *spring) {
  const double damping = 2 * law->damping_ratio;
  const double pull = law->stiffness * overlap + damping * sqrt(mass * law->stiffness) * approach;
  const double normal = pull > 0 ? pull : 0, limit = law->friction * normal;
  const double stretch = *spring + slip * time, k = law->tangential_stiffness;
  const double dashpot = damping * sqrt(mass * k) * slip, wanted = k * stretch + dashpot;
  if (fabs(wanted) <= limit) {
    *spring = stretch;
    return (contact_force){normal, -wanted};
  }
  const double held = k * stretch > limit ? limit : k * stretch < -limit ? -limit : k * stretch;
  *spring = k > 0 ? held / k : 0;
  return (contact_force){normal, wanted > 0 ? -limit : limit};
}

/* The time in seconds that two bodies of this effective mass touch when they meet without friction. */
static inline double contact_duration(const contact_law *law, double mass) {
  const double ratio = law->damping_ratio, frequency = sqrt(law->stiffness / mass * (1 - ratio * ratio));
  return (PI - 2 * asin(ratio)) / frequency;
}

/* Speed after a head-on collision divided by the speed before it (Schwager and Poeschel, with a dashpot that never
 * pulls). It depends on nothing but the damping ratio. */
static inline double contact_restitution(const contact_law *law) {
  const double ratio = law->damping_ratio;
  return exp(-ratio / sqrt(1 - ratio * ratio) * (PI - 2 * asin(ratio)));
}

#endif
