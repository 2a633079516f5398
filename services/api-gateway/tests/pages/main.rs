//! The directory, the providers' API and the CO2 intensity over HTTP: one test for each promise.

#[cfg(test)]
mod co2;
#[cfg(test)]
mod directory;
#[cfg(test)]
mod freshness;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod page;
#[cfg(test)]
mod providers;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod support;
